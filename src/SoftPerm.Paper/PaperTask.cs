using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Drawing;
using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Training;
using SoftPerm.Training.Runs;

namespace SoftPerm.Paper;

/// <summary>The paper's three tasks.</summary>
public static class PaperTasks
{
    /// <summary>Sorting images by the number they show, which is never seen.</summary>
    public static PaperTask<SortConfig, SortFigures> Sort { get; } = new((config, data) => new SortTask(config, DigitSplits.Of(data)));

    /// <summary>Predicting a quantile of the numbers that a set of images shows.</summary>
    public static PaperTask<QuantileConfig, QuantileFigures> Quantile { get; } = new((config, data) => new QuantileTask(config, DigitSplits.Of(data)));

    /// <summary>Features by whose distances neighbours classify images.</summary>
    public static PaperTask<KnnConfig, KnnFigures> Knn { get; } = new((config, data) => new KnnTask(config, data));
}

/// <summary>A task of the paper: trains runs of it, and takes up those that stopped.</summary>
/// <typeparam name="TConfig">The settings of the task.</typeparam>
/// <typeparam name="TTest">What its test gives.</typeparam>
public sealed class PaperTask<TConfig, TTest> where TConfig : PaperConfig, new()
{
    private readonly Func<TConfig, ImageDataset, ITrainingTask<TTest>> create;

    internal PaperTask(Func<TConfig, ImageDataset, ITrainingTask<TTest>> create) => this.create = create;

    /// <summary>The task's name.</summary>
    public string Name { get; } = new TConfig().Task;

    /// <summary>Begins a run in a new folder.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="folder">A folder that does not exist yet, or holds no run.</param>
    /// <param name="progress">Told how training goes.</param>
    /// <param name="cancellationToken">Stops it; <see cref="Resume"/> goes on from there.</param>
    /// <returns>The record, or null when the run was stopped before its end.</returns>
    /// <exception cref="UserErrorException">A setting is out of its domain, data is not found, training diverged, or the folder cannot be used.</exception>
    public TrainingResult<TConfig, TTest>? Start(
        TConfig config, string folder, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        config.Validate();
        var data = DatasetCatalog.Open(config.Dataset, config.DataDirectory); // before the folder is made: a mistake leaves nothing behind
        var run = TrainingRun.Begin(folder, config);
        if (config.DataDirectory is { } directory) run.WriteDataDirectory(directory);
        return Continue(run, config, data, progress, cancellationToken);
    }

    /// <summary>Takes a run up where it stopped; a finished one returns its record.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="dataDirectory">The folder of data sets; null for where the run had it.</param>
    /// <param name="progress">Told how training goes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The record, or null when the run was stopped before its end.</returns>
    /// <exception cref="UserErrorException">There is no run there, or one of another task; or as for <see cref="Start"/>.</exception>
    public TrainingResult<TConfig, TTest>? Resume(
        string folder, string? dataDirectory = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var run = RunFolder.Open(folder);
        if (run.Task != Name) // its settings would be read as those of this task
            throw new UserErrorException($"{folder} is a run of {run.Task}, not of {Name}.") { Remedy = new ResumeRun(run.Task, folder) };
        var config = run.ReadConfig<TConfig>();
        if (run.ReadResult<TrainingResult<TConfig, TTest>>() is { } done) return done;
        config.Validate();
        return Continue(run, config, RunData.Open(run, config, dataDirectory), progress, cancellationToken);
    }

    /// <summary>Makes the task, with a network of fresh weights.</summary>
    internal ITrainingTask<TTest> Create(TConfig config, ImageDataset data) => create(config, data);

    private TrainingResult<TConfig, TTest>? Continue(
        RunFolder run, TConfig config, ImageDataset data, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var result = TrainingRun.Continue(run, config, () => create(config, data), data.Checksums, progress, cancellationToken);
        if (run.ReadMetrics() is { Count: > 0 } rows) LearningCurve.Draw(rows, Path.Join(run.Path, LearningCurve.FileName), config.Title(), config.Lengths);
        return result;
    }
}
