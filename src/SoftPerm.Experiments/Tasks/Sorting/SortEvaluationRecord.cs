using SoftPerm.Experiments.Runs;

namespace SoftPerm.Experiments.Tasks.Sorting;

/// <summary>The record of an evaluation after training, written to <c>evaluation.json</c>.</summary>
/// <param name="Environment">Command, commit, machine and date.</param>
/// <param name="DataChecksums">MD5 of each file of the data set.</param>
/// <param name="Figures">One entry for each length.</param>
public sealed record SortEvaluationRecord(
    RunEnvironment Environment, IReadOnlyDictionary<string, string> DataChecksums, IReadOnlyList<SortFigure> Figures);

/// <summary>The accuracies at one length.</summary>
/// <param name="Items">Items of a sequence.</param>
/// <param name="Sequences">Sequences tested.</param>
/// <param name="Outcome">What was measured.</param>
public sealed record SortFigure(int Items, int Sequences, SortFigures Outcome);
