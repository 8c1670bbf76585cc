using SoftPerm.Experiments.Baselines;
using SoftPerm.Experiments.Datasets;

namespace SoftPerm.Experiments.Tasks.Neighbours;

/// <summary>How often the vote of the nearest neighbours is right.</summary>
internal static class KnnVotes
{
    /// <summary>The share of queries whose neighbours vote for their label.</summary>
    public static double Accuracy(NeighbourLists found, ImageSet candidates, ImageSet queries, int k, NeighbourWeighting weighting)
    {
        var labels = NeighbourVote.Labels(found, candidates.Labels, Math.Min(k, found.Neighbours), weighting);
        return labels.Zip(queries.Labels, (a, b) => a == b ? 1.0 : 0).Average();
    }

    /// <summary>All votes of the paper, from one search.</summary>
    public static IReadOnlyList<VoteFigure> All(NeighbourLists found, ImageSet candidates, ImageSet queries) =>
    [
        .. from k in KnnMethods.Neighbours
           where k <= found.Neighbours
           from weighting in Enum.GetValues<NeighbourWeighting>()
           select new VoteFigure(k, weighting, Accuracy(found, candidates, queries, k, weighting)),
    ];
}
