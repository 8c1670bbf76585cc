using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Training;
using SoftPerm.Training.Runs;
using SoftPerm.Training.Tests.Common;
using TorchSharp;
using Xunit;

namespace SoftPerm.Paper.Tests.Tasks;

public sealed class TrainerTests : IDisposable
{
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

    private readonly SmallRuns runs = new();

    public void Dispose() => runs.Dispose();

    public static TheoryData<string> Methods => [.. OrderObjectives.Names];

    [Theory, MemberData(nameof(Methods))]
    public void Loss_falls(string method)
    {
        var (steps, rate) = method == "vanilla" ? (600, 2e-3) : (120, 2e-3); // its nine units a layer learn slowly
        runs.Train(Config with { Method = method, TrainItems = 3, Steps = steps, LearningRate = rate, Sequences = 16, LogEvery = 20, ValidateEvery = 60 }, "run");
        runs.AssertLossFell("run", share: 0.1);
    }

    [Theory]
    [InlineData(OrderObjectives.Deterministic, 13), InlineData(OrderObjectives.Stochastic, 20), InlineData("reinforce", 7)]
    public void A_run_stopped_at_any_step_and_resumed_repeats_an_uninterrupted_one_bit_for_bit(string method, long at) =>
        runs.AssertResumesAt(at, Config with { Method = method, FinalTemperature = 0.5 });

    [Fact]
    public void A_run_killed_between_checkpoints_repeats_from_the_last_one()
    {
        var config = Config with { Method = OrderObjectives.Stochastic };
        // The folder as it is on the disk in the middle of step 18 is what a kill leaves: a checkpoint at 10, metrics to 15.
        runs.Train(config, "whole", new Watcher(18, () => CopyFolder(runs.At("whole"), runs.At("killed"))));
        Assert.Equal((10, false), runs.Reached(config, "killed"));
        runs.Train(config, "killed");
        runs.AssertSameOutcome("whole", "killed");
    }

    [Fact]
    public void A_run_killed_before_its_first_checkpoint_begins_again()
    {
        runs.Train(Config, "whole", new Watcher(8, () => CopyFolder(runs.At("whole"), runs.At("killed"))));
        runs.Train(Config, "killed");
        runs.AssertSameOutcome("whole", "killed");
    }

    [Fact]
    public void Patience_stops_early_and_the_best_weights_are_kept()
    {
        // A learning rate this small changes no hard order, so no validation betters the first.
        var config = Config with { LearningRate = 1e-12, Patience = 1 };
        runs.Train(config, "run");
        var (step, finished) = runs.Reached(config, "run");
        Assert.Equal((20, true), (step, finished));
        var checkpoints = RunFolder.Open(runs.At("run")).Checkpoints;
        Assert.EndsWith("10", checkpoints.Best!, StringComparison.Ordinal);
        Assert.EndsWith("20", checkpoints.Latest!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OrderObjectives.Deterministic), InlineData(OrderObjectives.Stochastic)]
    public void A_run_that_diverges_says_so_and_names_the_checkpoint_kept(string method)
    {
        // The rate rises until the weights overflow, some steps after the checkpoint of step 1.
        var config = Config with { Method = method, LearningRate = 1e30, WarmUp = 30, LogEvery = 1, ValidateEvery = 1 };
        var error = Assert.Throws<UserErrorException>(() => runs.Train(config, "run"));
        Assert.Contains("lower 'LearningRate'", error.Message, StringComparison.Ordinal);
        Assert.Contains(RunFolder.Open(runs.At("run")).Checkpoints.Latest!, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_stopped_as_a_validation_ends_keeps_its_best_weights()
    {
        runs.Train(Config, "whole");
        using var stop = new CancellationTokenSource();
        runs.Train(Config, "parts", new Watcher(atNote: stop.Cancel), stop);
        runs.Train(Config, "parts");
        runs.AssertSameOutcome("whole", "parts");
        var best = new[] { "whole", "parts" }.Select(name => Path.GetFileName(RunFolder.Open(runs.At(name)).Checkpoints.Best!));
        Assert.Single(best.Distinct());
    }

    [Fact]
    public void Two_processes_cannot_train_in_one_folder()
    {
        using var held = runs.Run(Config, "run").Lock();
        Assert.Contains("another process", Assert.Throws<UserErrorException>(runs.Run(Config, "run").Lock).Message, StringComparison.Ordinal);
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
            using var task = Config.CreateTask(SmallRuns.Digits);
            using var trainer = new Trainer(Config, task, run);
            trainer.Run(new Watcher(), CancellationToken.None);
        });
        Assert.Contains("No space left", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_do_not_pile_up()
    {
        runs.Train(Config, "run");
        var live = File.ReadLines(runs.At("run", "performance.csv")).Skip(1).Select(line => line.Split(',')[^1]).ToArray();
        Assert.Equal(6, live.Length);
        Assert.Single(live.Skip(1).Distinct());
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
}
