using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Runs;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Training;

/// <summary>A run of a task from start, or from where it stopped, to its record.</summary>
public static class TrainingRun
{
    /// <summary>Begins a run in a new folder.</summary>
    /// <typeparam name="TConfig">The settings of the task.</typeparam>
    /// <typeparam name="TTest">What its test gives.</typeparam>
    /// <returns>The record, or null when the run was stopped before its end.</returns>
    public static TrainingResult<TConfig, TTest>? Start<TConfig, TTest>(TConfig config, string folder, ITrainingProgress progress, CancellationToken stop)
        where TConfig : TrainingConfig<TTest>
    {
        config.Validate();
        var data = config.OpenData(given: null); // before the folder is made: a mistake leaves nothing behind
        var run = RunFolder.Create(folder);
        run.WriteConfig(config);
        return Continue<TConfig, TTest>(config, data, run, progress, stop);
    }

    /// <summary>Takes a run up where it stopped; a finished one returns its record.</summary>
    /// <typeparam name="TConfig">The settings of the task.</typeparam>
    /// <typeparam name="TTest">What its test gives.</typeparam>
    /// <param name="folder">The run's folder.</param>
    /// <param name="progress">Shown how training goes.</param>
    /// <param name="stop">Stops it.</param>
    /// <param name="dataDirectory">The folder of data sets, if it is not where the run had it.</param>
    /// <returns>The record, or null when the run was stopped before its end.</returns>
    /// <exception cref="UserErrorException">There is no run there, or one of another task.</exception>
    public static TrainingResult<TConfig, TTest>? Resume<TConfig, TTest>(string folder, ITrainingProgress progress, CancellationToken stop, string? dataDirectory = null)
        where TConfig : TrainingConfig<TTest>
    {
        var run = RunFolder.Open(folder);
        var config = run.ReadConfig<TConfig>();
        if (TaskOfRun.Of(folder) is var task && task != config.Task) // its settings would be read as those of this task
            throw new UserErrorException($"{folder} is a run of {task}; resume it with '{ToolInvocation.Line("train", task, "--resume", folder)}'.");
        if (run.ReadResult<TrainingResult<TConfig, TTest>>() is { } done) return done;
        config.Validate();
        return Continue<TConfig, TTest>(config, config.OpenData(dataDirectory), run, progress, stop);
    }

    private static TrainingResult<TConfig, TTest>? Continue<TConfig, TTest>(
        TConfig config, ImageDataset data, RunFolder run, ITrainingProgress progress, CancellationToken stop)
        where TConfig : TrainingConfig<TTest>
    {
        using var alone = run.Lock();
        progress.Message(config.Headline);
        NativeHeap.KeepFreedMemory();
        using var scope = NewDisposeScope();
        if (config.Threads > 0) set_num_threads(config.Threads);
        using var task = config.CreateTask(data);
        using var trainer = new Trainer(config, task, run);
        var environment = RunEnvironment.Capture();
        trainer.Run(progress, stop);
        if (run.ReadMetrics() is { Count: > 0 } rows) LearningCurve.Draw(rows, Path.Combine(run.Path, LearningCurve.FileName), config.Title, config.Lengths);
        if (!trainer.Finished) return null;
        progress.Message("testing");
        try
        {
            trainer.LoadBest();
            var test = task.Test(run, progress, stop);
            var result = new TrainingResult<TConfig, TTest>(
                config, environment, data.Checksums, trainer.State.Step, trainer.State.Step * task.ImagesPerStep, trainer.State.Seconds,
                trainer.State.Best!.ByName(), test, trainer.State.ProcessorSeconds);
            run.WriteResult(result);
            return result;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null; // the test is due again after resuming
        }
    }
}
