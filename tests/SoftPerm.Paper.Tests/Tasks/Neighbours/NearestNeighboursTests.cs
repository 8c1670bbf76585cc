using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.TestKit;
using SoftPerm.Training;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Tasks.Neighbours;

public sealed class NearestNeighboursTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData(1), InlineData(5), InlineData(40)]
    public void Neighbours_are_those_of_every_pair_in_float64(int k)
    {
        using var scope = NewDisposeScope();
        var (queries, candidates) = (Noise(1, 30, 6), Noise(2, 40, 6));
        var found = Find(queries, candidates, k);
        var pairs = queries.to(float64).unsqueeze(1).sub(candidates.to(float64)).Squared().sum(-1).sqrt().sort(dim: -1, stable: true);
        Assert.Equal((30, k), (found.Queries, found.Neighbours));
        Assert.Equal(pairs.Indices.narrow(1, 0, k).flatten().data<long>().Select(i => (int)i), found.Indices);
        Compare.Close(pairs.Values.narrow(1, 0, k).flatten().data<double>().ToArray(), found.Distances, 1e-14);
    }

    [Theory, InlineData(1, 1), InlineData(3, 7), InlineData(7, 3), InlineData(1000, 1000)]
    public void The_size_of_blocks_does_not_matter(int queriesAtOnce, int candidatesAtOnce)
    {
        // Whole numbers are exact in float32, and full of ties.
        using var scope = NewDisposeScope();
        var (queries, candidates) = (Whole(1, 20, 3), Whole(2, 50, 3));
        var expected = Find(queries, candidates, 9);
        var found = NearestNeighbours.Find(queries, candidates, 9, queriesAtOnce, candidatesAtOnce, null, Stop);
        Assert.Equal(expected.Indices, found.Indices);
        Assert.Equal(expected.Distances, found.Distances);
        var pairs = queries.unsqueeze(1).sub(candidates).Squared().sum(-1).sort(dim: -1, stable: true);
        Assert.Equal(pairs.Indices.narrow(1, 0, 9).flatten().data<long>().Select(i => (int)i), found.Indices); // ties by index
    }

    [Fact]
    public void A_copy_is_at_distance_zero()
    {
        using var scope = NewDisposeScope();
        var features = Noise(1, 50, 20).Plus(100);
        var found = Find(features, features, 1);
        Assert.Equal(Enumerable.Range(0, 50), found.Indices);
        Assert.All(found.Distances, distance => Assert.Equal(0, distance));
    }

    [Fact]
    public void Progress_rises_to_one_and_the_search_can_be_stopped()
    {
        using var scope = NewDisposeScope();
        var features = Noise(1, 10, 2);
        var seen = new List<double>();
        NearestNeighbours.Find(features, features, 1, 4, 5, new ImmediateProgress<double>(seen.Add), Stop);
        Assert.Equal(6, seen.Count);
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(1, seen[^1], 1e-12);

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => NearestNeighbours.Find(features, features, 1, 4, 5, new ImmediateProgress<double>(_ => stop.Cancel()), stop.Token));
    }

    [Fact]
    public void What_cannot_be_compared_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => Find(ones(3), ones(4, 2), 1));
        Assert.Throws<ArgumentException>(() => Find(ones(3, 2, float64), ones(4, 2), 1));
        Assert.Throws<ArgumentException>(() => Find(ones(3, 3), ones(4, 2), 1));
        Assert.Throws<ArgumentException>(() => Find(full(3, 2, Number(float.NaN)), ones(4, 2), 1));
        Assert.Throws<ArgumentException>(() => Find(ones(3, 2), full(4, 2, Number(1e30f)), 1));
        foreach (var k in new[] { 0, 5 }) Assert.Throws<ArgumentOutOfRangeException>(() => Find(ones(3, 2), ones(4, 2), k));
    }

    private static NeighbourLists Find(Tensor queries, Tensor candidates, int k) => NearestNeighbours.Find(queries, candidates, k, cancellationToken: Stop);

    private static Tensor Noise(ulong seed, params long[] shape)
    {
        using var generator = new Generator(seed);
        return randn(shape, generator: generator);
    }

    private static Tensor Whole(ulong seed, params long[] shape)
    {
        using var generator = new Generator(seed);
        return randint(4, shape, dtype: float32, generator: generator);
    }
}
