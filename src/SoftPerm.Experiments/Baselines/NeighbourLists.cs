namespace SoftPerm.Experiments.Baselines;

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
