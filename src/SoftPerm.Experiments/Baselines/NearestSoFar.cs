namespace SoftPerm.Experiments.Baselines;

/// <summary>The k candidates with the smallest keys for each query, of those offered so far.</summary>
internal sealed class NearestSoFar
{
    private readonly float[] keys;

    /// <param name="queries">The number of queries.</param>
    /// <param name="neighbours">k; no more than will be offered.</param>
    public NearestSoFar(int queries, int neighbours)
    {
        Neighbours = neighbours;
        Indices = new int[queries * neighbours];
        keys = new float[queries * neighbours];
        keys.AsSpan().Fill(float.PositiveInfinity);
    }

    /// <summary>k.</summary>
    public int Neighbours { get; }

    /// <summary>The candidates, [queries · k], smallest key first.</summary>
    public int[] Indices { get; }

    /// <summary>Offers consecutive candidates to consecutive queries, smaller candidates before larger ones.</summary>
    /// <param name="query">The first query.</param>
    /// <param name="candidate">The first candidate.</param>
    /// <param name="candidates">The number of candidates.</param>
    /// <param name="offered">Finite keys, [queries, candidates].</param>
    public void Offer(int query, int candidate, int candidates, ReadOnlySpan<float> offered)
    {
        for (; !offered.IsEmpty; offered = offered[candidates..], query++)
        {
            var best = keys.AsSpan(query * Neighbours, Neighbours);
            var indices = Indices.AsSpan(query * Neighbours, Neighbours);
            var worst = best[^1];
            for (var k = 0; k < candidates; k++)
            {
                if (offered[k] >= worst) continue; // an equal one came first
                Insert(best, indices, offered[k], candidate + k);
                worst = best[^1];
            }
        }
    }

    private static void Insert(Span<float> best, Span<int> indices, float key, int index)
    {
        var place = best.Length - 1;
        for (; place > 0 && best[place - 1] > key; place--) (best[place], indices[place]) = (best[place - 1], indices[place - 1]);
        (best[place], indices[place]) = (key, index);
    }
}
