using SoftPerm.Experiments.Runs;

namespace SoftPerm.Experiments.Training;

/// <summary>The record of a finished run, written to <c>result.json</c>.</summary>
/// <typeparam name="TConfig">The settings of the task.</typeparam>
/// <typeparam name="TTest">What its test gives.</typeparam>
/// <param name="Config">All settings.</param>
/// <param name="Environment">Command, commit, machine and date.</param>
/// <param name="DataChecksums">MD5 of each file of the data set.</param>
/// <param name="Steps">Steps done; fewer than configured after an early stop.</param>
/// <param name="ImagesTrained">Images seen in training.</param>
/// <param name="TrainingSeconds">Wall time of training with its validations, over all sessions of the run.</param>
/// <param name="ProcessorSeconds">Processor time of the same; 0 in records older than it.</param>
/// <param name="Validation">The best validation, whose weights were tested.</param>
/// <param name="Test">The test on unseen data.</param>
public sealed record TrainingResult<TConfig, TTest>(
    TConfig Config,
    RunEnvironment Environment,
    IReadOnlyDictionary<string, string> DataChecksums,
    long Steps,
    long ImagesTrained,
    double TrainingSeconds,
    IReadOnlyDictionary<string, double> Validation,
    TTest Test,
    double ProcessorSeconds = 0)
    where TConfig : TrainingConfig<TTest>;
