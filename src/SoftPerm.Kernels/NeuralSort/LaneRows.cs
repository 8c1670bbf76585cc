using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>The transforms on many short sequences: one sequence a lane, every row summed directly.</summary>
internal static class LaneRows<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Computes totals and mixtures of some rows of all lanes.</summary>
    public static void Forward(ref readonly double gaps, int count, double tail, int firstRow, int endRow, Panel values, ref double totals, Panel mixtures)
    {
        Span<double> weightSpan = stackalloc double[count * TSimd.Lanes];
        ref var weights = ref weightSpan[0];
        for (var row = firstRow; row < endRow; row++)
        {
            var (first, end, total) = Weigh(in gaps, count, tail, row, ref weights);
            TSimd.Store(total, ref totals, row * TSimd.Lanes);
            for (var s = 0; s < values.Columns; s++)
            {
                ref var x = ref values.Column(s);
                var sum = TSimd.Broadcast(0);
                for (var at = first * TSimd.Lanes; at < end * TSimd.Lanes; at += TSimd.Lanes)
                    sum = TSimd.MultiplyAdd(TSimd.Load(in weights, at), TSimd.Load(in x, at), sum);
                TSimd.Store(TSimd.Divide(sum, total), ref mixtures.Column(s), row * TSimd.Lanes);
            }
        }
    }

    /// <summary>Spreads row weights over the columns of all lanes.</summary>
    public static void Transpose<TSink>(ref readonly double gaps, int count, double tail, int firstRow, int endRow, Panel rowWeights, ref TSink sink)
        where TSink : struct, IColumnSink<TVector>
    {
        Span<double> weightSpan = stackalloc double[count * TSimd.Lanes];
        ref var weights = ref weightSpan[0];
        for (var row = firstRow; row < endRow; row++)
        {
            var (first, end, _) = Weigh(in gaps, count, tail, row, ref weights);
            for (var s = 0; s < rowWeights.Columns; s++)
            {
                var w = TSimd.Load(in rowWeights.Column(s), row * TSimd.Lanes);
                for (var column = first; column < end; column++)
                {
                    var term = TSimd.Multiply(w, TSimd.Load(in weights, column * TSimd.Lanes));
                    sink.Add(s, column * TSimd.Lanes, term, TSimd.Multiply(TSimd.Broadcast(column - row), term));
                }
            }
        }
    }

    /// <summary>exp(-D) of one row of every lane.</summary>
    /// <returns>The columns that any lane needs, and the totals.</returns>
    private static (int First, int End, TVector Total) Weigh(ref readonly double gaps, int count, double tail, int row, ref double weights)
    {
        TVector one = TSimd.Broadcast(1), zero = TSimd.Broadcast(0), limit = TSimd.Broadcast(tail);
        TSimd.Store(one, ref weights, row * TSimd.Lanes);
        var total = one;
        var distance = zero;
        int end = row + 1, first = row;
        for (; end < count; end++)
        {
            distance = TSimd.MultiplyAdd(TSimd.Broadcast(2 * (end - row) - 1), TSimd.Load(in gaps, (end - 1) * TSimd.Lanes), distance);
            if (!TSimd.AnyAtMost(distance, limit)) break;
            total = TSimd.Add(total, Exp(distance, ref weights, end));
        }

        distance = zero;
        for (; first > 0; first--)
        {
            distance = TSimd.MultiplyAdd(TSimd.Broadcast(2 * (row - first) + 1), TSimd.Load(in gaps, (first - 1) * TSimd.Lanes), distance);
            if (!TSimd.AnyAtMost(distance, limit)) break;
            total = TSimd.Add(total, Exp(distance, ref weights, first - 1));
        }

        return (first, end, total);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Exp(TVector distance, ref double weights, int column)
    {
        var e = VectorExp.ExpOfNonPositive<TSimd, TVector>(TSimd.Subtract(TSimd.Broadcast(0), distance));
        TSimd.Store(e, ref weights, column * TSimd.Lanes);
        return e;
    }
}
