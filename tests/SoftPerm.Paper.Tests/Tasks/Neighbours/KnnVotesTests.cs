using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Paper.Tests.Tasks.Neighbours;

public sealed class KnnVotesTests
{
    private static readonly ImageSet Candidates = Labelled(0, 1, 1, 2, 2), Queries = Labelled(1, 2, 1);

    // The neighbours' labels: 0 1 1, then 2 2 0, then 0 1 1.
    private static readonly NeighbourLists Found = new(3, [0, 1, 2, 3, 4, 0, 0, 2, 1], [1, 3, 3, 1, 1, 5, 1, 1.2, 1.2]);

    [Fact]
    public void All_are_the_votes_there_are_neighbours_for()
    {
        var votes = KnnVotes.All(Found, Candidates, Queries);
        Assert.Equal(
            [(1, NeighbourWeighting.Uniform), (1, NeighbourWeighting.Distance), (3, NeighbourWeighting.Uniform), (3, NeighbourWeighting.Distance)],
            votes.Select(v => (v.K, v.Weighting)));
        Compare.Close([1 / 3.0, 1 / 3.0, 1, 2 / 3.0], [.. votes.Select(v => v.Accuracy)], 1e-12);
    }

    [Fact]
    public void Where_fewer_were_found_they_all_vote() => Assert.Equal(
        KnnVotes.Accuracy(Found, Candidates, Queries, 3, NeighbourWeighting.Distance),
        KnnVotes.Accuracy(Found, Candidates, Queries, 9, NeighbourWeighting.Distance));

    private static ImageSet Labelled(params byte[] labels) => new(1, 1, 1, new byte[labels.Length], labels);
}
