using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Files;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.Experiments.Tasks.Sorting;
using SoftPerm.Experiments.Tests.Runs;
using SoftPerm.Experiments.Training;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using TorchSharp;
using Xunit;

namespace SoftPerm.Experiments.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    private static readonly DigitSplits Digits = new(
        GeneratedDigits.Draw(3, 0, 400), GeneratedDigits.Draw(3, 400, 60), GeneratedDigits.Draw(3, 460, 60));

    private static readonly SortConfig Config = new()
    {
        Digits = 1,
        Items = 3,
        TrainItems = 6,
        Sequences = 4,
        Steps = 30,
        Network = "small",
        LearningRate = 2e-3,
        WarmUp = 2,
        LogEvery = 5,
        ValidateEvery = 10,
        ValidationSequences = 10,
        TestSequences = 10,
        Threads = 1,
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Methods => [.. SortMethod.Names];

    [Theory, MemberData(nameof(Methods))]
    public void Loss_falls(string method)
    {
        var (steps, rate) = method == "vanilla" ? (600, 2e-3) : (120, 2e-3); // its nine units a layer learn slowly
        Train(Config with { Method = method, TrainItems = 3, Steps = steps, LearningRate = rate, Sequences = 16, LogEvery = 20, ValidateEvery = 60 }, "run");
        var rows = RunFolder.Open(folder.At("run")).ReadMetrics();
        Assert.Equal(steps / 20, rows.Count);
        Assert.True(rows[^1].Training.Loss < 0.9 * rows[0].Training.Loss, $"from {rows[0].Training.Loss} to {rows[^1].Training.Loss}");
    }

    [Theory]
    [InlineData(OrderModels.Deterministic, 13), InlineData(OrderModels.Stochastic, 20), InlineData("reinforce", 7)]
    public void A_run_stopped_at_any_step_and_resumed_repeats_an_uninterrupted_one_bit_for_bit(string method, long at)
    {
        var config = Config with { Method = method, FinalTemperature = 0.5 };
        Train(config, "whole");
        using var stop = new CancellationTokenSource();
        Train(config, "parts", new Watcher(at, stop.Cancel), stop);
        Assert.Equal((at, false), Reached(config, "parts"));
        Train(config, "parts");
        AssertSameOutcome("whole", "parts");
    }

    [Fact]
    public void A_run_killed_between_checkpoints_repeats_from_the_last_one()
    {
        var config = Config with { Method = OrderModels.Stochastic };
        // The folder as it is on the disk in the middle of step 18 is what a kill leaves: a checkpoint at 10, metrics to 15.
        Train(config, "whole", new Watcher(18, () => CopyFolder(folder.At("whole"), folder.At("killed"))));
        Assert.Equal((10, false), Reached(config, "killed"));
        Train(config, "killed");
        AssertSameOutcome("whole", "killed");
    }

    [Fact]
    public void A_run_killed_before_its_first_checkpoint_begins_again()
    {
        Train(Config, "whole", new Watcher(8, () => CopyFolder(folder.At("whole"), folder.At("killed"))));
        Train(Config, "killed");
        AssertSameOutcome("whole", "killed");
    }

    [Fact]
    public void Patience_stops_early_and_the_best_weights_are_kept()
    {
        // A learning rate this small changes no hard order, so no validation betters the first.
        var config = Config with { LearningRate = 1e-12, Patience = 1 };
        Train(config, "run");
        var (step, finished) = Reached(config, "run");
        Assert.Equal((20, true), (step, finished));
        var checkpoints = RunFolder.Open(folder.At("run")).Checkpoints;
        Assert.EndsWith("10", checkpoints.Best!, StringComparison.Ordinal);
        Assert.EndsWith("20", checkpoints.Latest!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OrderModels.Deterministic), InlineData(OrderModels.Stochastic)]
    public void A_run_that_diverges_says_so_and_names_the_checkpoint_kept(string method)
    {
        // The rate rises until the weights overflow, some steps after the checkpoint of step 1.
        var config = Config with { Method = method, LearningRate = 1e30, WarmUp = 30, LogEvery = 1, ValidateEvery = 1 };
        var error = Assert.Throws<UserErrorException>(() => Train(config, "run"));
        Assert.Contains("lower --learning-rate", error.Message, StringComparison.Ordinal);
        Assert.Contains(RunFolder.Open(folder.At("run")).Checkpoints.Latest!, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_stopped_as_a_validation_ends_keeps_its_best_weights()
    {
        Train(Config, "whole");
        using var stop = new CancellationTokenSource();
        Train(Config, "parts", new Watcher(-1, () => { }, stop.Cancel), stop);
        Train(Config, "parts");
        AssertSameOutcome("whole", "parts");
        var best = new[] { "whole", "parts" }.Select(name => Path.GetFileName(RunFolder.Open(folder.At(name)).Checkpoints.Best!));
        Assert.Single(best.Distinct());
    }

    [Fact]
    public void Two_processes_cannot_train_in_one_folder()
    {
        using var held = Run(Config, "run").Lock();
        Assert.Contains("another process", Assert.Throws<UserErrorException>(Run(Config, "run").Lock).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_ends_the_run_with_a_message_of_ours()
    {
        using var disk = new SmallDisk(); // a checkpoint does not fit
        var path = Path.Combine(disk.Path, "run");
        var run = RunFolder.Create(path);
        run.WriteConfig(Config);
        var error = Assert.Throws<UserErrorException>(() =>
        {
            using var scope = torch.NewDisposeScope();
            using var task = new SortTask(Config, Digits);
            using var trainer = new Trainer(Config, task, run);
            trainer.Run(new Watcher(-1, () => { }), CancellationToken.None);
        });
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_do_not_pile_up()
    {
        Train(Config, "run");
        var live = File.ReadLines(folder.At("run", "performance.csv")).Skip(1).Select(line => line.Split(',')[^1]).ToArray();
        Assert.Equal(6, live.Length);
        Assert.Single(live.Skip(1).Distinct());
    }

    private void Train(SortConfig config, string name, ITrainingProgress? progress = null, CancellationTokenSource? stop = null)
    {
        using var scope = torch.NewDisposeScope();
        using var task = NewTask(config);
        using var trainer = new Trainer(config, task, Run(config, name));
        trainer.Run(progress ?? new Watcher(-1, () => { }), stop?.Token ?? CancellationToken.None);
    }

    private (long Step, bool Finished) Reached(SortConfig config, string name)
    {
        using var scope = torch.NewDisposeScope();
        using var task = NewTask(config);
        using var trainer = new Trainer(config, task, Run(config, name));
        return (trainer.State.Step, trainer.Finished);
    }

    private static SortTask NewTask(SortConfig config)
    {
        torch.set_num_threads(config.Threads);
        return new SortTask(config, Digits);
    }

    private RunFolder Run(SortConfig config, string name)
    {
        if (File.Exists(folder.At(name, "config.json"))) return RunFolder.Open(folder.At(name));
        var run = RunFolder.Create(folder.At(name));
        run.WriteConfig(config);
        return run;
    }

    private void AssertSameOutcome(string one, string other)
    {
        Assert.Equal(File.ReadAllText(folder.At(one, "metrics.csv")), File.ReadAllText(folder.At(other, "metrics.csv")));
        using var scope = torch.NewDisposeScope();
        foreach (var file in new[] { "model.safetensors", "optimizer.safetensors", "noise.safetensors" })
        {
            var expected = Safetensors.Read(Path.Combine(RunFolder.Open(folder.At(one)).Checkpoints.Latest!, file));
            var found = Safetensors.Read(Path.Combine(RunFolder.Open(folder.At(other)).Checkpoints.Latest!, file));
            Assert.NotEmpty(expected);
            foreach (var (name, tensor) in expected) TensorCompare.Close(tensor, found[name], 0);
        }
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Acts once, when a step is reported.</summary>
    private sealed class Watcher(long step, Action act, Action? atMessage = null) : ITrainingProgress
    {
        public void Report(ProgressSnapshot snapshot)
        {
            if (snapshot.Step == step) act();
        }

        public void Message(string line) => atMessage?.Invoke();

        public void Dispose()
        {
        }
    }
}
