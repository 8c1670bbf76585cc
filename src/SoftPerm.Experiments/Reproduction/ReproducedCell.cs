using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Reproduction;

/// <summary>A cell of a table: one training run, named by its method and column.</summary>
/// <param name="Method">The row.</param>
/// <param name="Column">The column: a number of items, or a data set.</param>
internal abstract record ReproducedCell(string Method, string Column)
{
    /// <summary>The run's folder within that of the table and its minutes.</summary>
    public string Name { get; init; } = $"{Method}-{Column}";

    /// <summary>Settles what is to be run, if that was not done before.</summary>
    /// <remarks>All cells are prepared before the first is run, so that the steps of each are measured under like conditions.</remarks>
    /// <returns>Whether it is settled now.</returns>
    public virtual bool Prepare(string folder, ReproductionOptions options, Action<string> report, CancellationToken stop) => true;

    /// <summary>Runs what is missing of a prepared cell; one with a result is left alone.</summary>
    /// <returns>Whether it has a result now.</returns>
    public abstract bool Complete(string folder, ReproductionOptions options, ITrainingProgress progress, CancellationToken stop);
}

/// <summary>A cell that trains a task.</summary>
/// <typeparam name="TConfig">The settings of the task.</typeparam>
/// <typeparam name="TTest">What its test gives.</typeparam>
/// <param name="Method">The row.</param>
/// <param name="Column">The column.</param>
/// <param name="Config">The settings, but for the number of steps.</param>
internal sealed record TrainedCell<TConfig, TTest>(string Method, string Column, TConfig Config) : ReproducedCell(Method, Column)
    where TConfig : TrainingConfig<TTest>
{
    public override bool Prepare(string folder, ReproductionOptions options, Action<string> report, CancellationToken stop)
    {
        if (RunFolder.Exists(folder)) return true;
        var config = Config with { DataDirectory = options.DataDirectory };
        config.Validate();
        var data = DatasetCatalog.Open(config.Dataset, config.DataDirectory);
        if (StepBudget.Measure(config, config.CreateTask(data), TimeSpan.FromMinutes(options.Minutes), stop) is not { } budget) return false;
        report(FormattableString.Invariant($"{Name}: {budget.Steps:#,0} steps for {options.Minutes:G3} minutes of a core"));
        RunFolder.Create(folder).WriteConfig(budget.ApplyTo(config));
        return true;
    }

    public override bool Complete(string folder, ReproductionOptions options, ITrainingProgress progress, CancellationToken stop) =>
        TrainingRun.Resume<TConfig, TTest>(folder, progress, stop) is not null;
}
