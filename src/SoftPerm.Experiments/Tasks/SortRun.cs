using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Training;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks;

/// <summary>A run of the sorting task from start, or from where it stopped, to its record.</summary>
public static class SortRun
{
    /// <summary>The learning curve's file name in a run folder.</summary>
    public const string Curve = "learning-curve.png";

    /// <summary>Begins a run in a new folder.</summary>
    public static SortResult? Start(SortConfig config, string folder, ITrainingProgress progress, CancellationToken stop)
    {
        config.Validated();
        var data = DatasetCatalog.Open(config.Dataset, config.DataDirectory); // before the folder is made: a mistake leaves nothing behind
        var run = RunFolder.Create(folder);
        run.WriteConfig(config);
        return Continue(config, data, run, progress, stop);
    }

    /// <summary>Takes a run up where it stopped; a finished one returns its record.</summary>
    public static SortResult? Resume(string folder, ITrainingProgress progress, CancellationToken stop)
    {
        var run = RunFolder.Open(folder);
        if (run.ReadResult<SortResult>() is { } done) return done;
        var config = run.ReadConfig<SortConfig>().Validated();
        return Continue(config, DatasetCatalog.Open(config.Dataset, config.DataDirectory), run, progress, stop);
    }

    /// <returns>The record, or null when the run was stopped before its end.</returns>
    private static SortResult? Continue(SortConfig config, ImageDataset data, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        using var alone = run.Lock();
        NativeHeap.KeepFreedMemory();
        using var scope = NewDisposeScope();
        using var trainer = new SortTrainer(config, DigitSplits.Of(data), run);
        var environment = RunEnvironment.Capture();
        trainer.Run(progress, stop);
        if (run.ReadMetrics() is { Count: > 0 } rows) LearningCurve.Draw(rows, Path.Combine(run.Path, Curve), Title(config));
        if (!trainer.Finished) return null;
        progress.Message($"testing on {config.TestSequences} sequences of {config.Items}");
        try
        {
            var test = trainer.Test(stop);
            var result = new SortResult(
                config, environment, data.Checksums, trainer.State.Step, trainer.State.Step * config.ImagesPerStep, trainer.State.Seconds,
                trainer.State.Best!.Value, test);
            run.WriteResult(result);
            return result;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static string Title(SortConfig config) =>
        $"Sorting {config.Dataset}: {config.Digits} digits, {config.TrainItems} items, {config.Method} NeuralSort";
}
