using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Paper.Tests.Tasks;
using SoftPerm.Paper.Tests.Tasks.Neighbours;
using SoftPerm.Training;
using SoftPerm.Training.IO;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests;

public sealed class TrainedNeighboursTests : IDisposable
{
    private static readonly ImageDataset Digits = SmallRuns.Digits;

    private readonly SmallRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void Saved_and_opened_again_it_gives_the_same_votes()
    {
        var votes = runs.Test(SmallKnn.Short, "run").Votes;
        using var again = Open(SmallKnn.Short);
        Assert.Equal(Digits.Train.Labels, again.Labels);
        var found = again.Neighbours(Digits.Test, KnnMethods.Neighbours.Max());
        Assert.NotEmpty(votes);
        Assert.Equal(votes, KnnVotes.All(found, Digits.Train, Digits.Test));
    }

    [Fact]
    public void A_candidate_is_its_own_nearest_neighbour()
    {
        runs.Test(SmallKnn.Short, "run");
        using var classifier = Open(SmallKnn.Short);
        var found = classifier.Neighbours(Digits.Train.Slice(50, 20), 1);
        Assert.Equal(Enumerable.Range(50, 20), found.Indices);
        // Features come in other batches, whose sums libtorch may order otherwise.
        Assert.All(found.Distances, distance => Assert.InRange(distance, 0, 1e-4));
    }

    [Fact]
    public void A_run_that_has_not_ended_is_refused_with_the_way_to_end_it()
    {
        runs.Train(SmallKnn.Short, "run");
        Assert.Contains("has no candidates yet.", Refusal(SmallKnn.Short), StringComparison.Ordinal);
    }

    [Fact]
    public void A_classifier_without_neighbours_is_refused()
    {
        var config = SmallKnn.Short with { Method = KnnMethods.Classifier };
        runs.Test(config, "run");
        Assert.Contains("is a classifier without neighbours ('Method' cnn)", Refusal(config), StringComparison.Ordinal);
    }

    [Fact]
    public void Candidates_that_are_not_as_many_as_their_labels_are_refused()
    {
        runs.Test(SmallKnn.Short, "run");
        using var scope = NewDisposeScope();
        Safetensors.Write(runs.At("run", "candidates.safetensors"), new Dictionary<string, Tensor> { ["features"] = ones(3, 500), ["labels"] = ones(2, uint8) });
        Assert.Contains("does not hold 'features' and as many 'labels'", Refusal(SmallKnn.Short), StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_one_classifies_as_the_run_and_needs_nothing_else()
    {
        runs.Test(SmallKnn.Short, "run");
        using var trained = Open(SmallKnn.Short);
        trained.Save(runs.At("shipped"));
        using var shipped = TrainedNeighbours.Open(runs.At("shipped"));
        var labels = trained.Classify(Digits.Test);
        Assert.Equal(labels, shipped.Classify(Digits.Test));
        Assert.Equal(trained.Predict(Digits, 3, 5).Select(drawing => drawing.Predicted), labels[3..8]);
    }

    private TrainedNeighbours Open(KnnConfig config) => TrainedNeighbours.Open(runs.Run(config, "run").Path);

    private string Refusal(KnnConfig config) => Assert.Throws<UserErrorException>(() => Open(config)).Message;
}
