using SoftPerm.Paper.Tasks.Neighbours;
using Xunit;

namespace SoftPerm.Paper.Tests.Tasks.Neighbours;

public sealed class NeighbourVoteTests
{
    private static readonly byte[] Labels = [7, 3, 3, 5, 5];

    [Theory]
    [InlineData(1, NeighbourWeighting.Uniform, 7)]
    [InlineData(2, NeighbourWeighting.Uniform, 3)]  // 7 and 3 have one each: the smaller label
    [InlineData(3, NeighbourWeighting.Uniform, 3)]
    [InlineData(5, NeighbourWeighting.Uniform, 3)]  // 3 and 5 have two each
    [InlineData(2, NeighbourWeighting.Distance, 7)] // 1 against 1/2
    [InlineData(3, NeighbourWeighting.Distance, 3)] // 1 against 1/2 + 1/2: the smaller label
    [InlineData(5, NeighbourWeighting.Distance, 3)]
    public void The_first_k_vote(int k, NeighbourWeighting weighting, byte winner)
    {
        var lists = new NeighbourLists(5, [0, 1, 2, 3, 4], [1, 2, 2, 4, 8]);
        Assert.Equal([winner], NeighbourVote.Labels(lists, Labels, k, weighting));
    }

    [Fact]
    public void Neighbours_at_distance_zero_decide_alone()
    {
        var lists = new NeighbourLists(4, [0, 3, 1, 2], [0, 0, 1e-9, 1e-9]);
        Assert.Equal([5], NeighbourVote.Labels(lists, Labels, 4, NeighbourWeighting.Distance));
        Assert.Equal([3], NeighbourVote.Labels(lists, Labels, 4, NeighbourWeighting.Uniform));
    }

    [Fact]
    public void Each_query_has_its_own_vote()
    {
        var lists = new NeighbourLists(1, [0, 1, 4], [1, 1, 1]);
        Assert.Equal([7, 3, 5], NeighbourVote.Labels(lists, Labels, 1, NeighbourWeighting.Uniform));
    }

    [Theory, InlineData(0), InlineData(2)]
    public void More_votes_than_neighbours_are_refused(int k) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NeighbourVote.Labels(new NeighbourLists(1, [0], [1]), Labels, k, NeighbourWeighting.Uniform));
}
