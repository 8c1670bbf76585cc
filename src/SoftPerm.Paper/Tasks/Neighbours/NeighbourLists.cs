namespace SoftPerm.Paper.Tasks.Neighbours;

/// <summary>The nearest neighbours of queries, nearest first, equal distances by index.</summary>
/// <param name="Neighbours">How many each query has.</param>
/// <param name="Indices">Candidates, [queries · Neighbours], query by query.</param>
/// <param name="Distances">Their Euclidean distances, in the same places.</param>
public sealed record NeighbourLists(int Neighbours, int[] Indices, double[] Distances)
{
    /// <summary>The number of queries.</summary>
    public int Queries => Indices.Length / Neighbours;

    /// <summary>The neighbours of one query.</summary>
    public ReadOnlySpan<int> IndicesOf(int query) => Indices.AsSpan(query * Neighbours, Neighbours);

    /// <summary>The distances of one query's neighbours.</summary>
    public ReadOnlySpan<double> DistancesOf(int query) => Distances.AsSpan(query * Neighbours, Neighbours);
}

/// <summary>Lets the nearest neighbours of a query vote on its label.</summary>
public static class NeighbourVote
{
    /// <summary>The label of each query: the one with the most votes, the smallest of several.</summary>
    /// <param name="neighbours">At least k neighbours of each query.</param>
    /// <param name="labels">The candidates' labels.</param>
    /// <param name="k">How many vote, the nearest first.</param>
    /// <param name="weighting">Whether each has one vote, or the inverse of its distance; neighbours at distance 0 then decide alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is not in 1 to the number of neighbours.</exception>
    public static byte[] Labels(NeighbourLists neighbours, byte[] labels, int k, NeighbourWeighting weighting)
    {
        if (k < 1 || k > neighbours.Neighbours)
            throw new ArgumentOutOfRangeException(nameof(k), k, $"k must be in 1…{neighbours.Neighbours}, the number of neighbours found.");
        var winners = new byte[neighbours.Queries];
        Span<double> votes = stackalloc double[256];
        for (var query = 0; query < winners.Length; query++)
        {
            votes.Clear();
            var indices = neighbours.IndicesOf(query);
            var distances = neighbours.DistancesOf(query);
            for (var place = 0; place < k; place++)
                votes[labels[indices[place]]] += weighting == NeighbourWeighting.Uniform ? 1 : Inverse(distances[place], distances[0]);
            winners[query] = Largest(votes);
        }

        return winners;
    }

    private static double Inverse(double distance, double least) => least > 0 ? 1 / distance : distance > 0 ? 0 : 1;

    /// <summary>The first of the largest.</summary>
    private static byte Largest(ReadOnlySpan<double> votes)
    {
        byte winner = 0;
        for (var label = 1; label < votes.Length; label++)
            if (votes[label] > votes[winner]) winner = (byte)label;
        return winner;
    }
}
