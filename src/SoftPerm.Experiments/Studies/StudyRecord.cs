using SoftPerm.Experiments.Runs;

namespace SoftPerm.Experiments.Studies;

/// <summary>The content of a study's result.json.</summary>
/// <param name="Environments">Where and how rows came about: one entry for each time that the study was started and measured some.</param>
/// <param name="Config">The settings.</param>
/// <param name="Rows">What was measured, in order.</param>
internal sealed record StudyRecord<TConfig, TRow>(IReadOnlyList<RunEnvironment> Environments, TConfig Config, IReadOnlyList<TRow> Rows);
