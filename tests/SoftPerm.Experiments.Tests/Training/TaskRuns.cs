using SoftPerm.Experiments.Files;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Training;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using TorchSharp;
using Xunit;

namespace SoftPerm.Experiments.Tests.Training;

/// <summary>Runs of a task on <see cref="SmallDigits"/>, in a folder that goes with this object.</summary>
internal sealed class TaskRuns<TConfig, TTest> : IDisposable
    where TConfig : TrainingConfig<TTest>
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public string At(params string[] parts) => folder.At(parts);

    /// <summary>The folder of a run, made if it is new.</summary>
    public RunFolder Run(TConfig config, string name)
    {
        if (File.Exists(At(name, "config.json"))) return RunFolder.Open(At(name));
        var run = RunFolder.Create(At(name));
        run.WriteConfig(config);
        return run;
    }

    /// <summary>Trains until the end or a stop.</summary>
    public void Train(TConfig config, string name, ITrainingProgress? progress = null, CancellationTokenSource? stop = null) =>
        WithTrainer(config, name, trainer => trainer.Run(progress ?? Watcher.Idle, stop?.Token ?? CancellationToken.None));

    /// <summary>How far a run came.</summary>
    public (long Step, bool Finished) Reached(TConfig config, string name)
    {
        var reached = (0L, false);
        WithTrainer(config, name, trainer => reached = (trainer.State.Step, trainer.Finished));
        return reached;
    }

    /// <summary>Trains, and asserts that the loss falls below a share of what it was at first.</summary>
    public void AssertLossFalls(TConfig config, double share)
    {
        Train(config, "run");
        var rows = RunFolder.Open(At("run")).ReadMetrics();
        Assert.Equal(config.Steps / config.LogEvery, rows.Count);
        var (first, last) = (rows[0].Training.Loss, rows[^1].Training.Loss);
        Assert.True(last < first - (1 - share) * Math.Abs(first), $"from {first} to {last}");
    }

    /// <summary>Asserts that a run stopped at a step and taken up again is one that was never stopped, bit for bit.</summary>
    public void AssertResumes(TConfig config, long at)
    {
        Train(config, "whole");
        using var stop = new CancellationTokenSource();
        Train(config, "parts", new Watcher(at, stop.Cancel), stop);
        Assert.Equal((at, false), Reached(config, "parts"));
        Train(config, "parts");
        AssertSameOutcome("whole", "parts");
    }

    /// <summary>Asserts that two runs have the same metrics, weights, optimizer and noise.</summary>
    public void AssertSameOutcome(string one, string other)
    {
        Assert.Equal(File.ReadAllText(At(one, "metrics.csv")), File.ReadAllText(At(other, "metrics.csv")));
        using var scope = torch.NewDisposeScope();
        foreach (var file in new[] { "model.safetensors", "optimizer.safetensors", "noise.safetensors" })
        {
            var expected = Safetensors.Read(Path.Combine(RunFolder.Open(At(one)).Checkpoints.Latest!, file));
            var found = Safetensors.Read(Path.Combine(RunFolder.Open(At(other)).Checkpoints.Latest!, file));
            Assert.NotEmpty(expected);
            foreach (var (name, tensor) in expected) TensorCompare.Close(tensor, found[name], 0);
        }
    }

    private void WithTrainer(TConfig config, string name, Action<Trainer> act)
    {
        using var scope = torch.NewDisposeScope();
        torch.set_num_threads(config.Threads);
        using var task = config.CreateTask(SmallDigits.Data);
        using var trainer = new Trainer(config, task, Run(config, name));
        act(trainer);
    }
}
