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
        var data = DatasetCatalog.Open(config.Dataset, config.DataDirectory); // before the folder is made: a mistake leaves nothing behind
        var run = RunFolder.Create(folder);
        run.WriteConfig(config);
        return Continue<TConfig, TTest>(config, data, run, progress, stop);
    }

    /// <summary>Takes a run up where it stopped; a finished one returns its record.</summary>
    /// <typeparam name="TConfig">The settings of the task.</typeparam>
    /// <typeparam name="TTest">What its test gives.</typeparam>
    /// <returns>The record, or null when the run was stopped before its end.</returns>
    public static TrainingResult<TConfig, TTest>? Resume<TConfig, TTest>(string folder, ITrainingProgress progress, CancellationToken stop)
        where TConfig : TrainingConfig<TTest>
    {
        var run = RunFolder.Open(folder);
        if (run.ReadResult<TrainingResult<TConfig, TTest>>() is { } done) return done;
        var config = run.ReadConfig<TConfig>();
        config.Validate();
        return Continue<TConfig, TTest>(config, DatasetCatalog.Open(config.Dataset, config.DataDirectory), run, progress, stop);
    }

    private static TrainingResult<TConfig, TTest>? Continue<TConfig, TTest>(
        TConfig config, ImageDataset data, RunFolder run, ITrainingProgress progress, CancellationToken stop)
        where TConfig : TrainingConfig<TTest>
    {
        using var alone = run.Lock();
        NativeHeap.KeepFreedMemory();
        using var scope = NewDisposeScope();
        if (config.Threads > 0) set_num_threads(config.Threads);
        using var task = config.CreateTask(data);
        using var trainer = new Trainer(config, task, run);
        var environment = RunEnvironment.Capture();
        trainer.Run(progress, stop);
        if (run.ReadMetrics() is { Count: > 0 } rows) LearningCurve.Draw(rows, Path.Combine(run.Path, LearningCurve.FileName), config.Title);
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
