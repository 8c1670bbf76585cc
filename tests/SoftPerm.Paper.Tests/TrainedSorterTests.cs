using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Paper.Tests.Tasks;
using SoftPerm.TestKit.Tensors;
using SoftPerm.Training;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests;

public sealed class TrainedSorterTests : IDisposable
{
    private static readonly SortConfig Config = new()
    {
        Digits = 1,
        Items = 3,
        TrainItems = 3,
        Sequences = 2,
        Steps = 2,
        Network = "small",
        LogEvery = 1,
        ValidateEvery = 2,
        ValidationSequences = 4,
        Threads = 1,
    };

    private readonly SmallRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void A_network_made_for_one_length_refuses_others()
    {
        using var sorter = Trained(Config with { Method = OrderObjectives.Vanilla });
        const string Expected = "'Items' is 4; allowed: 3, the length that the network of 'Method' vanilla is made for.";
        Assert.Equal(Expected, Assert.Throws<UserErrorException>(() => sorter.Evaluate(SmallRuns.Digits.Test, 4, 2, TestContext.Current.CancellationToken)).Message);
        Assert.Equal(Expected, Assert.Throws<UserErrorException>(() => sorter.Predict(SmallRuns.Digits.Test, 4, 0)).Message);
        Assert.Equal(3, sorter.Predict(SmallRuns.Digits.Test, 3, 0).FoundOrder.Count);
    }

    public static TheoryData<string> Relaxations => [.. RelaxationCatalog.All.Select(known => known.Name)];

    [Theory, MemberData(nameof(Relaxations))]
    public void Any_relaxation_trains_by_name(string relaxation)
    {
        using var sorter = Trained(Config with { Relaxation = relaxation, Steps = 60, LogEvery = 10, ValidateEvery = 30, LearningRate = 2e-3 });
        double[] losses = [.. sorter.Run.ReadMetrics().Select(row => row.Training.Loss)];
        Assert.True(losses[^1] < losses[0], $"the loss went from {losses[0]} to {losses[^1]}");
        Assert.Equal([0, 1, 2], sorter.Predict(SmallRuns.Digits.Test, 3, 0).FoundOrder.Order());
        Assert.InRange(sorter.Evaluate(SmallRuns.Digits.Test, 4, 4, TestContext.Current.CancellationToken).RankAccuracy, 0, 1);
    }

    [Fact]
    public void A_network_of_scores_takes_any_length()
    {
        using var sorter = Trained(Config);
        Assert.Equal([0, 1, 2, 3, 4], sorter.Predict(SmallRuns.Digits.Test, 5, 1).FoundOrder.Order());
        Assert.InRange(sorter.Evaluate(SmallRuns.Digits.Test, 5, 4, TestContext.Current.CancellationToken).RankAccuracy, 0, 1);
    }

    [Fact]
    public void The_gradient_of_a_stochastic_run_is_noisier_at_a_lower_temperature_and_measured_alike_with_like_noise()
    {
        using var sorter = Trained(Config with { Method = OrderObjectives.Stochastic });
        double At(double temperature)
        {
            using var noise = new Generator(1);
            return sorter.LogGradientVariance(SmallRuns.Digits.Test, 3, sequences: 2, temperature, draws: 16, noise);
        }

        Assert.Equal(At(0.5), At(0.5));
        Assert.True(At(0.5) > At(16) + 1); // the gradient shrinks about as 1/τ, so its variance by 10³
    }

    [Fact]
    public void A_run_without_a_validation_is_refused_with_the_way_to_end_it()
    {
        using var stop = new CancellationTokenSource();
        runs.Train(Config, "run", new Watcher(1, stop.Cancel), stop);
        var message = Assert.Throws<UserErrorException>(() => TrainedSorter.Open(runs.At("run"))).Message;
        Assert.Contains("has no validated weights yet.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_and_orders_of_new_images_are_those_of_the_network_and_survive_saving()
    {
        using var scope = NewDisposeScope();
        using var sorter = Trained(Config with { Steps = 40, LogEvery = 10, ValidateEvery = 20 });
        var images = rand(6, 1, sorter.Height, sorter.Width);
        var scores = sorter.Score(images);
        Assert.Equal([6], scores.shape);
        Assert.False(scores.requires_grad);
        var order = sorter.Order(images, items: 3);
        TensorCompare.Close(scores.reshape(2, 3).argsort(-1, descending: true), order, 0);
        TensorCompare.Close(scores.narrow(0, 4, 1), sorter.Score(images.narrow(0, 4, 1)), 0, 1e-5); // each image alone; float32 in batches of other sizes

        sorter.Save(runs.At("shipped"));
        using var shipped = TrainedSorter.Open(runs.At("shipped"));
        TensorCompare.Close(scores, shipped.Score(images), 0);
        Assert.Equal(["checkpoint", "config.json"], Directory.EnumerateFileSystemEntries(runs.At("shipped")).Select(Path.GetFileName).Order());
        Assert.Contains("already holds a run", Assert.Throws<UserErrorException>(() => sorter.Save(runs.At("shipped"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_an_image_of_the_run_is_refused_with_the_shape_wanted()
    {
        using var scope = NewDisposeScope();
        using var sorter = Trained(Config);
        foreach (var wrong in new[] { zeros(2, 28, 28), zeros(2, 1, 28, 56), zeros(0, 1, 28, 28), zeros(2, 1, 28, 28, float64), zeros(2, 3, 28, 28) })
            Assert.StartsWith("images must be float32 [N, 1, 28, 28] with N ≥ 1; they are ", Assert.Throws<ArgumentException>(() => sorter.Score(wrong)).Message, StringComparison.Ordinal);
        Assert.StartsWith("4 images do not make whole lists of 3.", Assert.Throws<ArgumentException>(() => sorter.Order(zeros(4, 1, 28, 28), 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_of_whole_lists_gives_orders_but_no_scores()
    {
        using var scope = NewDisposeScope();
        using var sorter = Trained(Config with { Method = "sinkhorn" });
        Assert.False(sorter.GivesScores);
        var images = rand(3 * 40, 1, 28, 28); // more than a network is given at once, and 100 makes no whole lists of 3
        TensorCompare.Close(sorter.Order(images.narrow(0, 3 * 39, 3), 3), sorter.Order(images, 3).narrow(0, 39, 1), 0);
        Assert.Contains("sinkhorn", Assert.Throws<InvalidOperationException>(() => sorter.Score(zeros(6, 1, 28, 28))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_of_another_task_is_not_opened()
    {
        runs.Run(new QuantileConfig(), "run");
        Assert.EndsWith("is a run of quantile, not of sort.", Assert.Throws<UserErrorException>(() => TrainedSorter.Open(runs.At("run"))).Message, StringComparison.Ordinal);
    }

    private TrainedSorter Trained(SortConfig config)
    {
        runs.Train(config, "run");
        return TrainedSorter.Open(runs.At("run"));
    }
}
