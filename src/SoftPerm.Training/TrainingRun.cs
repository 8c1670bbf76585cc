using SoftPerm.Training.Runs;
using static TorchSharp.torch;

namespace SoftPerm.Training;

/// <summary>A run of a task in a folder of its own, from start, or from where it stopped, to its record.</summary>
public static class TrainingRun
{
    /// <summary>Makes the folder of a new run.</summary>
    /// <param name="folder">A folder that does not exist yet, or holds no run.</param>
    /// <param name="config">The settings, valid.</param>
    /// <exception cref="UserErrorException">The folder already holds a run, or cannot be written to.</exception>
    public static RunFolder Begin<TConfig>(string folder, TConfig config) where TConfig : TrainingConfig
    {
        var run = RunFolder.Create(folder);
        run.WriteConfig(config);
        return run;
    }

    /// <summary>Trains until the last step, an early stop or a cancellationToken, then tests the best weights; a run stopped before goes on where it stopped.</summary>
    /// <remarks>A resumed run repeats an uninterrupted one bit for bit on the same machine with the same number of threads. Sets libtorch's
    /// threads to <see cref="TrainingConfig.Threads"/>.</remarks>
    /// <typeparam name="TConfig">The settings of the task.</typeparam>
    /// <typeparam name="TTest">What its test gives.</typeparam>
    /// <param name="run">The run's folder, which holds its settings.</param>
    /// <param name="config">The settings, valid.</param>
    /// <param name="createTask">Makes the task, with a network of fresh weights.</param>
    /// <param name="dataChecksums">What the record says of the data: MD5 by file.</param>
    /// <param name="progress">Told how training goes.</param>
    /// <param name="cancellationToken">Stops it; a checkpoint holds what was done.</param>
    /// <returns>The record, or null when the run was stopped before its end.</returns>
    /// <exception cref="UserErrorException">Training diverged, another process trains in the folder, or it cannot be written to.</exception>
    public static TrainingResult<TConfig, TTest>? Continue<TConfig, TTest>(
        RunFolder run, TConfig config, Func<ITrainingTask<TTest>> createTask, IReadOnlyDictionary<string, string> dataChecksums,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
        where TConfig : TrainingConfig
    {
        if (run.ReadResult<TrainingResult<TConfig, TTest>>() is { } done) return done;
        using var alone = run.Lock();
        progress?.Report(new NoteProgress(config.Headline()));
        NativeHeap.KeepFreedMemory();
        using var scope = NewDisposeScope();
        if (config.Threads > 0) set_num_threads(config.Threads);
        using var task = createTask();
        using var trainer = new Trainer(config, task, run);
        var environment = RunEnvironment.Capture();
        trainer.Run(progress, cancellationToken);
        if (!trainer.Finished) return null;
        progress?.Report(new NoteProgress("testing"));
        try
        {
            trainer.LoadBest();
            var test = task.Test(run, progress, cancellationToken);
            var state = trainer.State;
            var result = new TrainingResult<TConfig, TTest>(
                config, environment, dataChecksums, state.Step, state.Step * task.ItemsPerStep, state.Seconds, state.Best!.ByName(), test, state.ProcessorSeconds);
            run.WriteResult(result);
            return result;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null; // the test is due again after resuming
        }
    }
}

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
    where TConfig : TrainingConfig;
