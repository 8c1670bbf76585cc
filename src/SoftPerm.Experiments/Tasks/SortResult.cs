using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Tasks;

/// <summary>The record of a finished run, written to <c>result.json</c>.</summary>
/// <param name="Config">All settings.</param>
/// <param name="Environment">Command, commit, machine and date.</param>
/// <param name="DataChecksums">MD5 of each file of the data set.</param>
/// <param name="Steps">Steps done; fewer than configured after an early stop.</param>
/// <param name="ImagesTrained">Images seen in training.</param>
/// <param name="TrainingSeconds">Wall time of training with its validations, over all sessions of the run.</param>
/// <param name="Validation">The best validation, whose weights were tested.</param>
/// <param name="Test">The test on sequences of unseen digits, sorted hard.</param>
public sealed record SortResult(
    SortConfig Config,
    RunEnvironment Environment,
    IReadOnlyDictionary<string, string> DataChecksums,
    long Steps,
    long ImagesTrained,
    double TrainingSeconds,
    StepOutcome Validation,
    StepOutcome Test);
