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

    /// <summary>Whether the cell has a run for each number of minutes, and not one for all.</summary>
    public virtual bool DependsOnMinutes => true;

    /// <summary>Begins to settle how many steps are to be run; null where that is settled.</summary>
    public virtual UnsettledCell? Unsettled(string folder, ReproductionOptions options) => null;

    /// <summary>Runs what is missing of a settled cell; one with a result is left alone.</summary>
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
    public override UnsettledCell? Unsettled(string folder, ReproductionOptions options)
    {
        if (RunFolder.Exists(folder)) return null;
        var config = Config with { DataDirectory = options.DataDirectory };
        config.Validate();
        var task = config.CreateTask(config.OpenData(given: null));
        return new UnsettledCell(Name, new StepMeter(config, task), budget => RunFolder.Create(folder).WriteConfig(budget.ApplyTo(config)));
    }

    public override bool Complete(string folder, ReproductionOptions options, ITrainingProgress progress, CancellationToken stop) =>
        TrainingRun.Resume<TConfig, TTest>(folder, progress, stop, options.DataDirectory) is not null;
}

/// <summary>A cell whose steps are to be measured.</summary>
/// <param name="Name">The cell's name.</param>
/// <param name="Meter">Measures them.</param>
/// <param name="Settle">Makes the run's folder.</param>
internal sealed record UnsettledCell(string Name, StepMeter Meter, Action<StepBudget> Settle);
