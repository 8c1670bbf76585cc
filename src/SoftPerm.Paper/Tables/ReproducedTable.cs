using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Tasks;
using SoftPerm.Training;
using SoftPerm.Training.Runs;

namespace SoftPerm.Paper.Tables;

/// <summary>A table or figure of the paper, from runs of our own.</summary>
internal abstract class ReproducedTable
{
    /// <summary>As the command names it.</summary>
    public abstract string Name { get; }

    /// <summary>What it shows.</summary>
    public abstract string Title { get; }

    /// <summary>The table whose runs it shows: its own name, or another's.</summary>
    public virtual string RunsOf => Name;

    /// <summary>The option that chooses columns.</summary>
    public virtual string ColumnSetting => "Items";

    /// <summary>All cells, in the order they are run in.</summary>
    public abstract IReadOnlyList<ReproducedCell> Cells { get; }

    /// <summary>The rows.</summary>
    public IReadOnlyList<string> Methods => [.. Cells.Select(c => c.Method).Distinct()];

    /// <summary>The columns, as they stand in the table.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    /// <summary>Measures what is to be measured on finished runs, and is not yet.</summary>
    public virtual void Finish(ReproductionFolder folder, ReproductionOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
    }

    /// <summary>Shows the records there are, beside the paper's values, as Markdown.</summary>
    public abstract string Render(ReproductionFolder folder);
}

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
    public abstract bool Complete(string folder, ReproductionOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken);
}

/// <summary>A cell that trains a task.</summary>
/// <typeparam name="TConfig">The settings of the task.</typeparam>
/// <typeparam name="TTest">What its test gives.</typeparam>
/// <param name="Method">The row.</param>
/// <param name="Column">The column.</param>
/// <param name="Config">The settings, but for the number of steps.</param>
/// <param name="Task">The task.</param>
internal sealed record TrainedCell<TConfig, TTest>(string Method, string Column, TConfig Config, PaperTask<TConfig, TTest> Task) : ReproducedCell(Method, Column)
    where TConfig : PaperConfig, new()
{
    public override UnsettledCell? Unsettled(string folder, ReproductionOptions options)
    {
        if (RunFolder.Exists(folder)) return null;
        var config = Config with { DataDirectory = options.DataDirectory };
        config.Validate();
        var task = Task.Create(config, DatasetCatalog.Open(config.Dataset, config.DataDirectory));
        return new UnsettledCell(Name, new StepMeter(config, task), budget => TrainingRun.Begin(folder, budget.ApplyTo(config)));
    }

    public override bool Complete(string folder, ReproductionOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        Task.Resume(folder, options.DataDirectory, progress, cancellationToken) is not null;
}

/// <summary>A cell whose steps are to be measured.</summary>
/// <param name="Name">The cell's name.</param>
/// <param name="Meter">Measures them.</param>
/// <param name="Settle">Makes the run's folder.</param>
internal sealed record UnsettledCell(string Name, StepMeter Meter, Action<StepBudget> Settle);
