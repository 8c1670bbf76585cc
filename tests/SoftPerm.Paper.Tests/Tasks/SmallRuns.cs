using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using SoftPerm.Training;
using SoftPerm.Training.IO;
using SoftPerm.Training.Runs;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Tasks;

/// <summary>Runs of tasks on a few generated digits, in a folder of their own.</summary>
internal sealed class SmallRuns : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>400 digits to train on, 36 to validate on and 60 to test on.</summary>
    public static ImageDataset Digits { get; } = new(
        "generated", GeneratedDigits.Draw(3, 0, 436), GeneratedDigits.Draw(3, 436, 60), new Dictionary<string, string>());

    public string At(params string[] names) => folder.At(names);

    /// <summary>A run's folder, made if it is not there.</summary>
    public RunFolder Run(PaperConfig config, string name)
    {
        if (RunFolder.Exists(At(name))) return RunFolder.Open(At(name));
        var run = RunFolder.Create(At(name));
        run.WriteConfig<object>(config); // by its own type: a base type would lose settings
        return run;
    }

    /// <summary>Trains a run to its end, or until it is stopped, from where it is.</summary>
    public void Train(PaperConfig config, string name, IProgress<TrainingProgress>? progress = null, CancellationTokenSource? stop = null) =>
        With(config, name, (_, trainer, _) =>
        {
            trainer.Run(progress ?? new Watcher(), stop?.Token ?? CancellationToken.None);
            return true;
        });

    /// <summary>Trains a run to its end, and tests its best weights.</summary>
    public SortFigures Test(SortConfig config, string name) => Test<SortFigures>(config, name);

    /// <inheritdoc cref="Test(SortConfig, string)"/>
    public QuantileFigures Test(QuantileConfig config, string name) => Test<QuantileFigures>(config, name);

    /// <inheritdoc cref="Test(SortConfig, string)"/>
    public KnnFigures Test(KnnConfig config, string name) => Test<KnnFigures>(config, name);

    /// <summary>Where a run stands.</summary>
    public (long Step, bool Finished) Reached(PaperConfig config, string name) =>
        With(config, name, (_, trainer, _) => (trainer.State.Step, trainer.Finished));

    /// <summary>Asserts that the loss of training fell, from the first row of metrics to the last, by a share of its size.</summary>
    public void AssertLossFell(string name, double share)
    {
        var losses = RunFolder.Open(At(name)).ReadMetrics().Select(row => row.Training.Loss).ToArray();
        Assert.True(losses.Length > 1);
        Assert.True(losses[^1] < losses[0] - share * Math.Abs(losses[0]), $"from {losses[0]} to {losses[^1]}");
    }

    /// <summary>Asserts that a run leaves no weight as it was drawn; biases may have no gradient, where all scores may be shifted.</summary>
    public void AssertEveryWeightMoves(PaperConfig config)
    {
        Train(config, "moved");
        using var scope = NewDisposeScope();
        using var task = config.CreateTask(Digits);
        var trained = Latest("moved", "model.safetensors");
        foreach (var (name, drawn) in task.Network.named_parameters().Where(p => p.parameter.dim() > 1))
            Assert.False(drawn.eq(trained[name]).all().item<bool>(), $"{name} is as it was drawn");
    }

    /// <summary>Asserts that a run stopped at a step, and then resumed, repeats an uninterrupted one bit for bit.</summary>
    public void AssertResumesAt(long step, PaperConfig config)
    {
        Train(config, "whole");
        using var stop = new CancellationTokenSource();
        Train(config, "parts", new Watcher(step, stop.Cancel), stop);
        Assert.Equal((step, false), Reached(config, "parts"));
        Train(config, "parts");
        AssertSameOutcome("whole", "parts");
    }

    /// <summary>Asserts that two runs have the same metrics, weights, optimizer's state and noise, bit for bit.</summary>
    public void AssertSameOutcome(string one, string other)
    {
        Assert.Equal(File.ReadAllText(At(one, "metrics.csv")), File.ReadAllText(At(other, "metrics.csv")));
        using var scope = NewDisposeScope();
        foreach (var file in new[] { "model.safetensors", "optimizer.safetensors", "noise.safetensors" })
        {
            var (expected, found) = (Latest(one, file), Latest(other, file));
            Assert.NotEmpty(expected);
            Assert.Equal(expected.Keys.Order(), found.Keys.Order());
            foreach (var (name, tensor) in expected) TensorCompare.Close(tensor, found[name], 0);
        }
    }

    public void Dispose() => folder.Dispose();

    private IReadOnlyDictionary<string, Tensor> Latest(string name, string file) =>
        Safetensors.Read(Path.Combine(RunFolder.Open(At(name)).Checkpoints.Latest!, file));

    private TTest Test<TTest>(PaperConfig config, string name) => With(config, name, (task, trainer, run) =>
    {
        trainer.Run(new Watcher(), CancellationToken.None);
        trainer.LoadBest();
        return ((ITrainingTask<TTest>)task).Test(run, new Watcher(), CancellationToken.None);
    });

    private TResult With<TResult>(PaperConfig config, string name, Func<ITrainingTask, Trainer, RunFolder, TResult> act)
    {
        set_num_threads(config.Threads);
        using var scope = NewDisposeScope();
        using var task = config.CreateTask(Digits);
        var run = Run(config, name);
        using var trainer = new Trainer(config, task, run);
        return act(task, trainer, run);
    }
}

/// <summary>Tasks of settings, whatever the task.</summary>
internal static class TasksOfSettings
{
    public static ITrainingTask CreateTask(this PaperConfig config, ImageDataset data) => config switch
    {
        SortConfig sort => PaperTasks.Sort.Create(sort, data),
        QuantileConfig quantile => PaperTasks.Quantile.Create(quantile, data),
        _ => PaperTasks.Knn.Create((KnnConfig)config, data),
    };
}
