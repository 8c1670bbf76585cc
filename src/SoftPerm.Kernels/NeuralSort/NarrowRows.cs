using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Rows whose windows hold few columns, summed directly: neighbouring rows in the lanes, one offset after the other.</summary>
/// <remarks>
/// A lane needs no search: D grows with the offset k, and once every lane is beyond the tail bound the rest is left out.
/// Across rows, <c>D_i(i+k) = D_i(i+k-1) + (2k-1) g[i+k-1]</c>; down a column, <c>D_{m+k}(m) = D_{m+k-1}(m) + 2 Σ g + g[m+k-1]</c>,
/// where g are the gaps between sorted neighbours over τ. Only non-negative terms are added.
/// </remarks>
internal static class NarrowRows<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Computes a vector of rows, of which the first ones are wanted: their totals and their mixtures of values.</summary>
    /// <returns>How far they reach; null if a window is too wide, and nothing is written.</returns>
    public static NarrowReach? Forward(ref readonly double gaps, double tail, int row, int rows, Panel values, ref double totals, Panel mixtures, Tile tile)
    {
        ref var right = ref tile.Reach.Column(0);
        ref var left = ref tile.Reach.Column(1);
        var total = TSimd.Broadcast(1);
        var rightReach = FillAcross(in gaps, row, 1, tail, ref right, ref total);
        var leftReach = rightReach < 0 ? -1 : FillAcross(in gaps, row - 1, -1, tail, ref left, ref total);
        if (leftReach < 0) return null;
        Partial<TSimd, TVector>.Store(total, ref totals, row, rows);
        for (var column = 0; column < values.Columns; column++)
        {
            ref var x = ref values.Column(column);
            var onRight = Mix(ref right, rightReach, ref x, row, 1, TSimd.Load(in x, row));
            var onLeft = Mix(ref left, leftReach, ref x, row, -1, TSimd.Broadcast(0));
            Partial<TSimd, TVector>.Store(TSimd.Divide(TSimd.Add(onRight, onLeft), total), ref mixtures.Column(column), row, rows);
        }

        return new NarrowReach(leftReach, rightReach);
    }

    /// <summary>Sums one vector of columns over the rows around them: Σ w and Σ (m - i) w for each weight, times exp(-D).</summary>
    public static void Transpose<TSink>(ref readonly double gaps, double tail, int column, Panel weights, Tile tile, ref TSink sink)
        where TSink : struct, IColumnSink<TVector>
    {
        ref var below = ref tile.Reach.Column(0);
        ref var above = ref tile.Reach.Column(1);
        var belowReach = FillDown(in gaps, column, 1, tail, ref below);
        var aboveReach = FillDown(in gaps, column - 1, -1, tail, ref above);
        for (var series = 0; series < weights.Columns; series++)
        {
            ref var w = ref weights.Column(series);
            var sum = TSimd.Load(in w, column);
            var moment = TSimd.Broadcast(0);
            Gather(ref below, belowReach, ref w, column, 1, ref sum, ref moment);
            Gather(ref above, aboveReach, ref w, column, -1, ref sum, ref moment);
            sink.Add(series, column, sum, moment);
        }
    }

    private static int FillAcross(ref readonly double gaps, int first, int step, double tail, ref double reach, ref TVector total)
    {
        var limit = TSimd.Broadcast(tail);
        var distance = TSimd.Broadcast(0);
        var zero = distance;
        for (var k = 0; ; k++)
        {
            distance = TSimd.MultiplyAdd(TSimd.Broadcast(2 * k + 1), TSimd.Load(in gaps, first + step * k), distance);
            if (!TSimd.AnyAtMost(distance, limit)) return k;
            if (k == Tile.NarrowReach) return -1;
            var e = VectorExp.Exp<TSimd, TVector>(TSimd.Subtract(zero, distance));
            total = TSimd.Add(total, e);
            TSimd.Store(e, ref reach, k * TSimd.Lanes);
        }
    }

    private static int FillDown(ref readonly double gaps, int first, int step, double tail, ref double reach)
    {
        var limit = TSimd.Broadcast(tail);
        TVector zero = TSimd.Broadcast(0), distance = zero, span = zero;
        for (var k = 0; k < Tile.NarrowReach; k++)
        {
            var gap = TSimd.Load(in gaps, first + step * k);
            distance = TSimd.Add(distance, TSimd.Add(span, TSimd.Add(span, gap)));
            span = TSimd.Add(span, gap);
            if (!TSimd.AnyAtMost(distance, limit)) return k;
            TSimd.Store(VectorExp.Exp<TSimd, TVector>(TSimd.Subtract(zero, distance)), ref reach, k * TSimd.Lanes);
        }

        return Tile.NarrowReach;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Mix(ref double reach, int count, ref double values, int row, int step, TVector sum)
    {
        for (var k = 0; k < count; k++)
            sum = TSimd.MultiplyAdd(TSimd.Load(in reach, k * TSimd.Lanes), TSimd.Load(in values, row + step * (k + 1)), sum);
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gather(ref double reach, int count, ref double weights, int column, int step, ref TVector sum, ref TVector moment)
    {
        for (var k = 1; k <= count; k++)
        {
            var term = TSimd.Multiply(TSimd.Load(in reach, (k - 1) * TSimd.Lanes), TSimd.Load(in weights, column + step * k));
            sum = TSimd.Add(sum, term);
            moment = TSimd.MultiplyAdd(TSimd.Broadcast(-step * k), term, moment);
        }
    }
}
