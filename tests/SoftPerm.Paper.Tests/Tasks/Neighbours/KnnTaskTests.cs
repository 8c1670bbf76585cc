using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Training;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Tasks.Neighbours;

public sealed class KnnTaskTests : IDisposable
{
    private readonly SmallRuns runs = new();

    public void Dispose() => runs.Dispose();

    public static TheoryData<string> Methods => [.. KnnMethods.Names];

    [Theory, MemberData(nameof(Methods))]
    public void Loss_falls(string method)
    {
        runs.Train(SmallKnn.Config with { Method = method }, "run");
        runs.AssertLossFell("run", share: 0.3);
    }

    public static TheoryData<string> Relaxations => [.. KnnConfig.Relaxations.Except([SmallKnn.Config.Relaxation])];

    [Theory, MemberData(nameof(Relaxations))]
    public void Loss_falls_with_every_relaxation_that_has_a_matrix(string relaxation)
    {
        runs.Train(SmallKnn.Config with { Relaxation = relaxation, Weighting = NeighbourWeighting.Distance }, "run");
        runs.AssertLossFell("run", share: 0.1);
    }

    [Theory, MemberData(nameof(Methods))]
    public void Every_weight_is_trained(string method) => runs.AssertEveryWeightMoves(SmallKnn.Short with { Method = method });

    [Theory, MemberData(nameof(Methods))]
    public void A_run_stopped_and_resumed_repeats_an_uninterrupted_one_bit_for_bit(string method) =>
        runs.AssertResumesAt(3, SmallKnn.Short with { Method = method, Augment = true });

    [Theory, MemberData(nameof(Methods))]
    public void A_test_measures_every_vote_of_the_paper_where_there_are_neighbours(string method)
    {
        var figures = runs.Test(SmallKnn.Short with { Method = method }, "run");
        Assert.InRange(figures.Accuracy, 0, 1);
        var asked = method == KnnMethods.Classifier ? [] : KnnMethods.Neighbours.SelectMany(k => new[] { (k, NeighbourWeighting.Uniform), (k, NeighbourWeighting.Distance) });
        Assert.Equal(asked, figures.Votes.Select(v => (v.K, v.Weighting)));
        Assert.All(figures.Votes.Where(v => v is { K: 3, Weighting: NeighbourWeighting.Uniform }), v => Assert.Equal(figures.Accuracy, v.Accuracy));
    }

    [Fact]
    public void More_images_a_step_than_there_are_is_a_mistake() => Assert.Equal(
        "'Queries' and 'Candidates' are 600 together; generated has 400 training images.",
        Assert.Throws<UserErrorException>(() => (SmallKnn.Config with { Queries = 300, Candidates = 300 }).CreateTask(SmallRuns.Digits)).Message);

    [Fact]
    public void The_validation_of_more_right_is_better_and_of_equally_many_that_with_more_neighbours_that_agree()
    {
        using var scope = NewDisposeScope();
        using var task = SmallKnn.Short.CreateTask(SmallRuns.Digits);
        var usual = Of(loss: -0.5, accuracy: 0.6);
        Assert.True(task.IsBetter(Of(loss: -0.4, accuracy: 0.7), usual));
        Assert.True(task.IsBetter(Of(loss: -0.6, accuracy: 0.6), usual));
        Assert.False(task.IsBetter(usual, usual));
        Assert.False(task.IsBetter(Of(loss: -0.9, accuracy: 0.5), usual));

        static Metrics Of(double loss, double accuracy) => new(loss, [new Measure("accuracy", accuracy)]);
    }
}
