using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>The transforms on many short sequences: one sequence a lane, every row summed directly.</summary>
internal static class LaneRows<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Computes totals and mixtures of some rows of as many sequences as a vector has lanes.</summary>
    public static void Forward(LaneShape shape, ref readonly double gaps, Panel values, ref double totals, Panel mixtures)
    {
        Span<double> weightSpan = stackalloc double[shape.Count * TSimd.Lanes];
        ref var weights = ref weightSpan[0];
        for (var row = shape.FirstRow; row < shape.EndRow; row++)
        {
            var (first, end, total) = Weigh(shape, in gaps, row, ref weights);
            TSimd.Store(total, ref totals, row * shape.Stride);
            for (var s = 0; s < values.Columns; s++)
                TSimd.Store(Mixture(shape.Stride, ref weights, total, first, end, ref values.Column(s)), ref mixtures.Column(s), row * shape.Stride);
        }
    }

    /// <summary>Spreads row weights over the columns of these sequences; of series, values and results see <see cref="ColumnSums{TSimd, TVector}"/>.</summary>
    public static void Transpose(LaneShape shape, ref readonly double gaps, Panel rowWeights, Panel values, Panel results, bool gradient)
    {
        Span<double> weightSpan = stackalloc double[shape.Count * TSimd.Lanes];
        ref var weights = ref weightSpan[0];
        var skipped = gradient ? 2 : 0;
        for (var row = shape.FirstRow; row < shape.EndRow; row++)
        {
            var (first, end, total) = Weigh(shape, in gaps, row, ref weights);
            for (var s = 0; s < results.Columns - skipped; s++)
            {
                ref var sums = ref results.Column(s + skipped);
                var w = TSimd.Load(in rowWeights.Column(s), row * shape.Stride);
                for (var column = first; column < end; column++)
                {
                    var at = column * shape.Stride;
                    TSimd.Store(TSimd.MultiplyAdd(w, TSimd.Load(in weights, column * TSimd.Lanes), TSimd.Load(in sums, at)), ref sums, at);
                }
            }

            if (gradient) AddGradient(shape.Stride, ref weights, total, row, first, end, rowWeights, values, results);
        }
    }

    /// <summary>Adds R of one row to A, and 2(m-i) R to W. Without a last series, values count from the row's mixture of them.</summary>
    [SkipLocalsInit]
    private static void AddGradient(
        int stride, ref double weights, TVector total, int row, int first, int end, Panel rowWeights, Panel values, Panel results)
    {
        Span<double> centreSpan = stackalloc double[ScopeTransfers.PanelColumns * TSimd.Lanes];
        ref var centres = ref centreSpan[0];
        var isCentred = rowWeights.Columns == values.Columns;
        for (var s = 0; s < values.Columns; s++)
            TSimd.Store(isCentred ? Mixture(stride, ref weights, total, first, end, ref values.Column(s)) : TSimd.Broadcast(0), ref centres, s * TSimd.Lanes);
        ref double a = ref results.Column(0), w = ref results.Column(1);
        var last = isCentred ? TSimd.Broadcast(0) : TSimd.Load(in rowWeights.Column(values.Columns), row * stride);
        for (var column = first; column < end; column++)
        {
            // Products are rounded before they are added, as they were for the last series: equal ones leave exactly zero.
            var at = column * stride;
            var r = TSimd.Broadcast(0);
            for (var s = 0; s < values.Columns; s++)
            {
                var x = TSimd.Subtract(TSimd.Load(in values.Column(s), at), TSimd.Load(in centres, s * TSimd.Lanes));
                r = TSimd.Add(r, TSimd.Multiply(TSimd.Load(in rowWeights.Column(s), row * stride), x));
            }

            r = TSimd.Multiply(TSimd.Subtract(r, last), TSimd.Load(in weights, column * TSimd.Lanes));
            TSimd.Store(TSimd.Add(TSimd.Load(in a, at), r), ref a, at);
            TSimd.Store(TSimd.MultiplyAdd(TSimd.Broadcast(2 * (column - row)), r, TSimd.Load(in w, at)), ref w, at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Mixture(int stride, ref double weights, TVector total, int first, int end, ref double values)
    {
        var sum = TSimd.Broadcast(0);
        for (var column = first; column < end; column++)
            sum = TSimd.MultiplyAdd(TSimd.Load(in weights, column * TSimd.Lanes), TSimd.Load(in values, column * stride), sum);
        return TSimd.Divide(sum, total);
    }

    /// <summary>exp(-D) of one row of every lane.</summary>
    /// <returns>The columns that any lane needs, and the totals.</returns>
    private static (int First, int End, TVector Total) Weigh(LaneShape shape, ref readonly double gaps, int row, ref double weights)
    {
        TVector one = TSimd.Broadcast(1), zero = TSimd.Broadcast(0), limit = TSimd.Broadcast(shape.Tail);
        TSimd.Store(one, ref weights, row * TSimd.Lanes);
        var total = one;
        var distance = zero;
        int end = row + 1, first = row;
        for (; end < shape.Count; end++)
        {
            distance = TSimd.MultiplyAdd(TSimd.Broadcast(2 * (end - row) - 1), TSimd.Load(in gaps, (end - 1) * shape.Stride), distance);
            if (!TSimd.AnyAtMost(distance, limit)) break;
            total = TSimd.Add(total, Exp(distance, ref weights, end));
        }

        distance = zero;
        for (; first > 0; first--)
        {
            distance = TSimd.MultiplyAdd(TSimd.Broadcast(2 * (row - first) + 1), TSimd.Load(in gaps, (first - 1) * shape.Stride), distance);
            if (!TSimd.AnyAtMost(distance, limit)) break;
            total = TSimd.Add(total, Exp(distance, ref weights, first - 1));
        }

        return (first, end, total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Exp(TVector distance, ref double weights, int column)
    {
        var e = VectorExp.Exp<TSimd, TVector>(TSimd.Subtract(TSimd.Broadcast(0), distance));
        TSimd.Store(e, ref weights, column * TSimd.Lanes);
        return e;
    }
}

/// <summary>Which rows of short sequences that lie side by side are wanted.</summary>
/// <param name="Stride">The sequences side by side: from one place to the next.</param>
/// <param name="Count">The places of each.</param>
/// <param name="Tail">The distance beyond which columns are left out.</param>
/// <param name="FirstRow">The first row.</param>
/// <param name="EndRow">The row behind the last.</param>
internal readonly record struct LaneShape(int Stride, int Count, double Tail, int FirstRow, int EndRow);
