using SoftPerm.Experiments.Baselines;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Tasks.Neighbours;
using SoftPerm.Experiments.Tests.Training;
using SoftPerm.Experiments.Training;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tests.Tasks.Neighbours;

public sealed class KnnTaskTests : IDisposable
{
    private static readonly KnnConfig Config = new()
    {
        K = 3,
        Queries = 20,
        Candidates = 20,
        Steps = 40,
        LearningRate = 2e-2,
        Temperature = 4,
        FinalTemperature = 4,
        WarmUp = 2,
        LogEvery = 5,
        ValidateEvery = 20,
        ValidationImages = 20,
        Samples = 2,
        Threads = 1,
    };

    private readonly TaskRuns<KnnConfig, KnnFigures> runs = new();

    public static TheoryData<string> Methods => [.. KnnMethods.Names];

    public void Dispose() => runs.Dispose();

    [Theory, MemberData(nameof(Methods))]
    public void Loss_falls(string method) => runs.AssertLossFalls(Config with { Method = method, LearningRate = 4e-2 }, 0.9);

    [Theory, MemberData(nameof(Methods))]
    public void A_run_stopped_and_resumed_repeats_an_uninterrupted_one_bit_for_bit(string method) =>
        runs.AssertResumes(Config with { Method = method, Steps = 12, LogEvery = 2, ValidateEvery = 4 }, 7); // the momentum too

    [Fact]
    public void Batches_depend_on_seed_and_step_alone_and_hold_no_image_twice()
    {
        using var scope = NewDisposeScope();
        var batches = new KnnBatches(SmallDigits.Data.Train, 100, Config);
        var (images, labels) = batches.Draw(7);
        var again = new KnnBatches(SmallDigits.Data.Train, 100, Config).Draw(7);
        TensorCompare.Close(images, again.Images, 0);
        Assert.Equal(labels.data<long>().ToArray(), again.Labels.data<long>().ToArray());
        Assert.False(images.allclose(batches.Draw(8).Images));
        Assert.False(images.allclose(new KnnBatches(SmallDigits.Data.Train, 100, Config with { Seed = 2 }).Draw(7).Images));
        var flat = images.reshape(100, -1);
        Assert.Equal(100, flat.unsqueeze(0).eq(flat.unsqueeze(1)).all(-1).sum().item<long>()); // each image is like itself alone
    }

    [Fact]
    public void Votes_count_the_nearest_and_weigh_them()
    {
        // Query 0 has label 1: neighbours 1, 2, 2 from near to far. Query 1 has label 2: neighbours 1, 1, 2.
        var candidates = SmallDigits.Data.Train.Slice(0, 6);
        var queries = SmallDigits.Data.Test.Slice(0, 2);
        var (near, far) = (candidates.Labels, queries.Labels);
        var found = NearestNeighbours.Find(
            tensor(new[] { 0f, 10 }).reshape(2, 1), tensor(new[] { 0.1f, 0.5f, 2, 9, 10.2f, 12 }).reshape(6, 1), 3, stop: TestContext.Current.CancellationToken);
        var hit = new[] { near[0] == far[0], near[4] == far[1] }.Count(right => right) / 2.0;
        Assert.Equal(hit, KnnVotes.Accuracy(found, candidates, queries, 1, NeighbourWeighting.Uniform));
        var all = KnnVotes.All(found, candidates, queries);
        Assert.Equal([1, 1, 3, 3], all.Select(v => v.K)); // no vote of more neighbours than were searched
        Assert.Equal(hit, all[0].Accuracy);
    }

    [Fact]
    public void A_classifier_opened_again_finds_the_same_neighbours()
    {
        runs.Train(Config, "run");
        var run = RunFolder.Open(runs.At("run"));
        using var scope = NewDisposeScope();
        using var task = (KnnTask)Config.CreateTask(SmallDigits.Data);
        Checkpoint.ReadWeights(run.Checkpoints.Best!, task.Network);
        using var made = KnnClassifier.Create((KnnNetwork)task.Network, SmallDigits.Data.Train, run, Watcher.Idle, CancellationToken.None);
        using var opened = KnnClassifier.Open(run, Config, SmallDigits.Data);
        NeighbourLists expected = Find(made), found = Find(opened);
        for (var query = 0; query < expected.Queries; query++) Assert.Equal(expected.IndicesOf(query).ToArray(), found.IndicesOf(query).ToArray());
        Assert.Equal(SmallDigits.Data.Train.Labels, opened.Labels);

        static NeighbourLists Find(KnnClassifier classifier) =>
            classifier.Neighbours(SmallDigits.Data.Test, 5, stop: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void There_is_nothing_to_open_before_the_end_or_without_neighbours()
    {
        var run = runs.Run(Config, "run");
        Assert.Contains("--resume", Assert.Throws<UserErrorException>(() => KnnClassifier.Open(run, Config, SmallDigits.Data)).Message, StringComparison.Ordinal);
        var classifier = Config with { Method = KnnMethods.Classifier };
        Assert.Contains("cnn", Assert.Throws<UserErrorException>(() => KnnClassifier.Open(run, classifier, SmallDigits.Data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_name_the_value_and_what_is_allowed()
    {
        Refuses(Config with { K = 21 }, "--k is 21", "1 to --candidates (20)");
        Refuses(Config with { Momentum = 1 }, "--momentum is 1", "0 to below 1");
        Refuses(Config with { Network = "paper" }, "--network is paper", "convnet");
        Refuses(Config with { Method = "sinkhorn" }, "--method is sinkhorn", "deterministic");
        var error = Assert.Throws<UserErrorException>(() => (Config with { Queries = 1000 }).CreateTask(SmallDigits.Data));
        Assert.Contains("1020 together", error.Message, StringComparison.Ordinal);

        static void Refuses(KnnConfig config, string value, string allowed)
        {
            var error = Assert.Throws<UserErrorException>(config.Validate);
            Assert.Contains(value, error.Message, StringComparison.Ordinal);
            Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
        }
    }
}
