using System.Numerics;
using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.SoftSort;

/// <summary>SoftSort: <c>P[i,m] = K(t[i] - t[m]) / Z[i]</c>, t the scores in order over τ and Z the row's total.</summary>
/// <remarks>
/// <para>K is even, so that all operators and gradients are the same sums: with W = X / Z by place, P X = K X / Z and Pᵀ X = K W.</para>
/// <para>The gradient on t of Σ_i g[i]·y[i], where y = P x and w = g / Z: row i gives <c>-w[i]·(D x[i] - y[i] D 1[i])</c> to t[i], its
/// columns <c>-(x[m]·D w[m] - D (w·y)[m])</c> to t[m], where D sums with the slope of K in its place.</para>
/// <para>Equal scores share what their rows give them: w is their mean, so that which of them has which place does not matter. No sum
/// changes by it, as K does not tell them apart.</para>
/// </remarks>
internal sealed class SoftSortOperators<T> : PlaceOperators<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const long None = 0; // the bits of a gap of 0

    // Scratch columns: the slopes of x, w and 1, and Σ_c w·y.
    private const int Slopes = Own, WeightSlopes = Own + 1, OneSlopes = Own + 2, Products = Own + 3;

    // Those of the cross-entropy, in place of others: what goes to the scores at their places.
    private const int Places = Products;

    private readonly DistanceSums kernel;
    private readonly ScratchArray<double> totals;

    /// <summary>Sums the rows of a batch.</summary>
    /// <param name="sorted">The sorted scores.</param>
    /// <param name="power">1 or 2, that of the distance |t|.</param>
    /// <param name="threads">How many threads may work.</param>
    public SoftSortOperators(SortedItems sorted, int power, int threads)
        : base(sorted, threads)
    {
        kernel = power == 1 ? new LaplaceSums(sorted, threads) : new GaussSums(sorted, threads);
        totals = new ScratchArray<double>((long)sorted.Sequences * sorted.Items);
        ForEachSequence(this, static (self, places) =>
        {
            places[X].Fill(1);
            self.Sum(places, X, self.Totals(places), default);
        });
    }

    public override void Dispose()
    {
        totals.Dispose();
        kernel.Dispose();
    }

    protected override int ScratchColumns => Own + 4;

    protected override long MoreScratch => kernel.Scratch;

    protected override void Mix(PlaceColumns places)
    {
        Sum(places, X, places[Mixture], default);
        DivideByTotals(places, places[Mixture]);
    }

    protected override void SpreadColumn(PlaceColumns places)
    {
        DivideByTotals(places, places[W]);
        Sum(places, W, places[Spread], default);
    }

    protected override void BeginGradient(PlaceColumns places)
    {
        places[X].Fill(1);
        Sum(places, X, places[Mixture], places[OneSlopes]);
        places[Products].Clear();
        places[Gradient].Clear();
    }

    protected override void AddColumn(PlaceColumns places, bool mixes, bool spreads)
    {
        DivideByTotals(places, places[W]);
        ShareBetweenEquals(places, places[W]);
        Sum(places, X, places[Mixture], places[Slopes]);
        DivideByTotals(places, places[Mixture]);
        Sum(places, W, places[Spread], places[WeightSlopes]);
        Span<double> x = places[X], w = places[W], y = places[Mixture], slopes = places[Slopes], weightSlopes = places[WeightSlopes];
        Span<double> ones = places[OneSlopes], products = places[Products], gradient = places[Gradient];
        for (var i = 0; i < x.Length; i++)
        {
            products[i] += w[i] * y[i];
            gradient[i] -= w[i] * (slopes[i] - y[i] * ones[i]) + x[i] * weightSlopes[i];
        }
    }

    protected override void EndGradient(PlaceColumns places)
    {
        Sum(places, Products, places[Spread], places[WeightSlopes]);
        Add(places[WeightSlopes], places[Gradient]);
    }

    protected override void PrepareLogs(PlaceColumns places) => Sorted.SetDepths(places.Sequence, places[X]);

    protected override void Logs(PlaceColumns places, ReadOnlySpan<int> columns, Span<double> logs)
    {
        var depths = places[X];
        var rows = Totals(places);
        for (var i = 0; i < columns.Length; i++)
            logs[i] = columns[i] < 0 ? 0 : -(kernel.Distance(depths[columns[i]] - depths[i]) + Math.Log(rows[i]));
    }

    protected override void BeginLogsGradient(PlaceColumns places, double weight)
    {
        // ln Z: rows and columns of the value 1, whose mixtures count as 0.
        BeginGradient(places);
        places[W].Fill(weight);
        DivideByTotals(places, places[W]);
        Sum(places, W, places[Spread], places[WeightSlopes]);
        var gradient = places[Gradient];
        for (var i = 0; i < gradient.Length; i++) gradient[i] -= places[W][i] * places[OneSlopes][i] + places[WeightSlopes][i];
        places[Places].Clear();
        PrepareLogs(places);
    }

    protected override void AddLogsGradient(PlaceColumns places, ReadOnlySpan<int> columns, double weight)
    {
        Span<double> depths = places[X], gradient = places[Gradient], own = places[Places];
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i] < 0) continue;
            var slope = weight * kernel.Slope(depths[columns[i]] - depths[i]);
            own[i] += slope;
            gradient[columns[i]] -= slope;
        }
    }

    protected override void EndLogsGradient(PlaceColumns places)
    {
        ShareBetweenEquals(places, places[Places]);
        Add(places[Places], places[Gradient]);
    }

    private Span<double> Totals(PlaceColumns places) => totals.Array.AsSpan(places.Sequence * Sorted.Items, places.Count);

    private void Sum(PlaceColumns places, int column, Span<double> sums, Span<double> slopes) =>
        kernel.Sum(places.Sequence, places[column], sums, slopes, Behind(places));

    private void DivideByTotals(PlaceColumns places, Span<double> column)
    {
        var rows = Totals(places);
        for (var i = 0; i < column.Length; i++) column[i] /= rows[i];
    }

    private static void Add(ReadOnlySpan<double> addend, Span<double> sums)
    {
        for (var i = 0; i < sums.Length; i++) sums[i] += addend[i];
    }

    /// <summary>Sets what belongs to the places of equal scores to its mean.</summary>
    private void ShareBetweenEquals(PlaceColumns places, Span<double> column)
    {
        // The bits of the gaps, which are not negative: whole numbers are searched many at a time.
        var gaps = MemoryMarshal.Cast<double, long>(Sorted.Gaps.AsSpan(Sorted.GapStart(places.Sequence), Math.Max(0, places.Count - 1)));
        var first = gaps.IndexOf(None);
        while (first >= 0)
        {
            var last = first + 1;
            while (last < gaps.Length && gaps[last] == None) last++;
            ShareEqually(column[first..(last + 1)]);
            var next = gaps[last..].IndexOf(None);
            first = next < 0 ? next : last + next;
        }
    }

    private static void ShareEqually(Span<double> column)
    {
        double sum = 0;
        foreach (var part in column) sum += part / column.Length;
        column.Fill(sum);
    }
}
