using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Paper.Tasks.Neighbours;

/// <summary>Finds the nearest neighbours of queries among all candidates by comparing every pair.</summary>
/// <remarks>
/// <para><b>Numerics.</b> Pairs are compared by <c>‖x‖² - 2q·x</c> in float32, so a candidate may miss the last place to one whose squared
/// distance is less than about 1e-6·(‖q‖² + ‖x‖²) larger. The distances of those found are computed anew in float64 from the differences
/// of features: that of a copy is 0, and their order is exact.</para>
/// <para><b>Ties.</b> Equal distances stand by index; of candidates that compare equal for the last place, the smallest index gets it.</para>
/// <para><b>Cost.</b> O(q·c·d) time; 16 MB beside the features and the result.</para>
/// </remarks>
public static class NearestNeighbours
{
    private const int QueriesAtOnce = 512, CandidatesAtOnce = 8192;

    /// <summary>Finds the k nearest candidates of each query.</summary>
    /// <param name="queries">Features, float32 [q, d], finite, on the CPU.</param>
    /// <param name="candidates">Features, float32 [c, d], finite, on the CPU.</param>
    /// <param name="k">How many neighbours, 1 to c: the largest number wanted serves all smaller ones.</param>
    /// <param name="progress">Told the share that is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Ends the search with an exception.</param>
    /// <exception cref="ArgumentException">Features are not float32 matrices of one d on the CPU, or their squares are not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">k is not in 1…c.</exception>
    public static NeighbourLists Find(Tensor queries, Tensor candidates, int k, IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Find(queries, candidates, k, QueriesAtOnce, CandidatesAtOnce, progress, cancellationToken);

    /// <summary>The same in blocks of other sizes.</summary>
    internal static NeighbourLists Find(
        Tensor queries, Tensor candidates, int k, int queriesAtOnce, int candidatesAtOnce, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        CheckMatrix(queries, nameof(queries));
        CheckMatrix(candidates, nameof(candidates));
        var (rows, columns) = (queries.size(0), candidates.size(0));
        if (queries.size(1) != candidates.size(1))
            throw new ArgumentException($"Queries have {queries.size(1)} features and candidates {candidates.size(1)}; they must be as many.", nameof(candidates));
        if (k < 1 || k > columns) throw new ArgumentOutOfRangeException(nameof(k), k, $"k must be in 1…{columns}, the number of candidates.");

        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        var nearest = new NearestSoFar((int)rows, k);
        for (var first = 0L; first < columns; first += candidatesAtOnce)
        {
            using var block = NewDisposeScope();
            var among = candidates.narrow(0, first, Math.Min(candidatesAtOnce, columns - first));
            var squares = Squares(among, nameof(candidates));
            for (var query = 0L; query < rows; query += queriesAtOnce)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var pairs = NewDisposeScope();
                var some = queries.narrow(0, query, Math.Min(queriesAtOnce, rows - query));
                if (first == 0) Squares(some, nameof(queries));
                var keys = squares.addmm(some, among.t(), beta: 1, alpha: -2);
                nearest.Offer((int)query, (int)first, (int)among.size(0), MemoryMarshal.Cast<byte, float>(keys.bytes));
                progress?.Report((first + among.size(0) * (query + some.size(0)) / (double)rows) / columns);
            }
        }

        return Measured(queries, candidates, nearest, queriesAtOnce);
    }

    /// <summary>Measures the distances of what was found, and orders it by them.</summary>
    private static NeighbourLists Measured(Tensor queries, Tensor candidates, NearestSoFar nearest, int queriesAtOnce)
    {
        var (k, indices) = (nearest.Neighbours, nearest.Indices);
        var distances = new double[indices.Length];
        for (var start = 0; start < indices.Length; start += queriesAtOnce * k)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(queriesAtOnce * k, indices.Length - start);
            var found = candidates.index_select(0, tensor(indices.AsSpan(start, count).ToArray())).to(float64).reshape(-1, k, candidates.size(1));
            var origin = queries.narrow(0, start / k, count / k).unsqueeze(1);
            found.sub(origin).Squared().sum(-1).sqrt().data<double>().CopyTo(distances.AsSpan(start, count));
        }

        return Ordered(k, indices, distances);
    }

    private static NeighbourLists Ordered(int k, int[] indices, double[] distances)
    {
        var found = new (double Distance, int Index)[k];
        for (var start = 0; start < indices.Length; start += k)
        {
            for (var place = 0; place < k; place++) found[place] = (distances[start + place], indices[start + place]);
            Array.Sort(found);
            for (var place = 0; place < k; place++) (distances[start + place], indices[start + place]) = found[place];
        }

        return new NeighbourLists(k, indices, distances);
    }

    /// <summary>‖x‖² of each row, finite.</summary>
    private static Tensor Squares(Tensor features, string name)
    {
        var squares = features.Squared().sum(-1);
        if (!squares.isfinite().all().item<bool>()) throw new ArgumentException($"{name} must have finite features whose squares have a finite sum.", name);
        return squares;
    }

    private static void CheckMatrix(Tensor features, string name)
    {
        ArgumentNullException.ThrowIfNull(features, name);
        if (features.dim() != 2 || features.dtype != ScalarType.Float32 || features.device_type != DeviceType.CPU)
            throw new ArgumentException($"{name} must be a float32 matrix on the CPU; it is {features.dtype} of shape [{string.Join(", ", features.shape)}] on {features.device}.", name);
    }
}

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
