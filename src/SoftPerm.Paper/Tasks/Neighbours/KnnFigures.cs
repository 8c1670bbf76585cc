using SoftPerm.Paper.Datasets;

namespace SoftPerm.Paper.Tasks.Neighbours;

/// <summary>What a test of the neighbours task measures on all test images.</summary>
/// <param name="Accuracy">The share of test images classified right, as the run was trained to classify.</param>
/// <param name="Votes">The same by the vote of the exact k nearest among all training images, for several k and both weightings; none for
/// a classifier without neighbours.</param>
public sealed record KnnFigures(double Accuracy, IReadOnlyList<VoteFigure> Votes);

/// <summary>The accuracy of one vote.</summary>
/// <param name="K">How many neighbours voted.</param>
/// <param name="Weighting">How much each counted.</param>
/// <param name="Accuracy">The share of images classified right.</param>
public sealed record VoteFigure(int K, NeighbourWeighting Weighting, double Accuracy);

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
