using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>The loops over a tile. Each is compiled on its own, so that its vectors stay in registers.</summary>
internal static class TileSums<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Sets the weights to exp(-D).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Weigh(Tile tile, int start, int length)
    {
        ref double distances = ref tile.Distance.Column(0), weights = ref tile.Weight.Column(0);
        for (var k = start; k < start + length; k += TSimd.Lanes)
        {
            var distance = TSimd.Subtract(TSimd.Broadcast(0), TSimd.Load(in distances, k));
            TSimd.Store(VectorExp.Exp<TSimd, TVector>(distance), ref weights, k);
        }
    }

    /// <summary>Sets the weights of the first row of an exact block, exp(-D - b), and the slopes to the ratio exp(b / h) of one row to the last.</summary>
    /// <param name="tile">Holds D and b, which have one sign: that of the side.</param>
    /// <param name="start">The first column.</param>
    /// <param name="length">How many.</param>
    /// <param name="side">1 to the right of the middle, -1 to the left.</param>
    /// <param name="half">h.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void WeighFirst(Tile tile, int start, int length, int side, int half)
    {
        ref double distances = ref tile.Distance.Column(0), slopes = ref tile.Slope.Column(0), weights = ref tile.Weight.Column(0);
        TVector one = TSimd.Broadcast(1), step = TSimd.Broadcast(-side / (double)half);
        for (var k = start; k < start + length; k += TSimd.Lanes)
        {
            var slope = TSimd.Load(in slopes, k);
            var exponent = TSimd.Subtract(TSimd.Broadcast(0), TSimd.Add(TSimd.Load(in distances, k), slope));
            TSimd.Store(VectorExp.Exp<TSimd, TVector>(exponent), ref weights, k);
            var ratio = VectorExp.Exp<TSimd, TVector>(TSimd.Multiply(slope, step));
            TSimd.Store(side > 0 ? TSimd.Divide(one, ratio) : ratio, ref slopes, k);
        }
    }

    /// <summary>Adds the powers of a tile's slopes to the moments: weighted, and mixed with each column of values. The weights are spent.</summary>
    public static void AddMoments(Tile tile, int start, int length, int terms, Panel values, int firstColumn)
    {
        ref double weights = ref Unsafe.Add(ref tile.Weight.Column(0), start), slopes = ref Unsafe.Add(ref tile.Slope.Column(0), start);
        for (var power = 0; power < terms; power += 4)
        {
            for (var s = 0; s < values.Columns; s++)
                AddMixedPowers(ref weights, ref slopes, ref Unsafe.Add(ref values.Column(s), firstColumn), length, ref Unsafe.Add(ref tile.Moments.Column(s + 1), power));
            AddPowers(ref weights, ref slopes, length, ref Unsafe.Add(ref tile.Moments.Column(0), power));
        }
    }

    /// <summary>Adds Σ w b^k for four powers to the moments and leaves w b^4 in place of w.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void AddPowers(ref double weights, ref double slopes, int length, ref double moments)
    {
        TVector m0 = TSimd.Broadcast(0), m1 = m0, m2 = m0, m3 = m0;
        for (var k = 0; k < length; k += TSimd.Lanes)
        {
            TVector w = TSimd.Load(in weights, k), b = TSimd.Load(in slopes, k);
            m0 = TSimd.Add(m0, w);
            w = TSimd.Multiply(w, b);
            m1 = TSimd.Add(m1, w);
            w = TSimd.Multiply(w, b);
            m2 = TSimd.Add(m2, w);
            w = TSimd.Multiply(w, b);
            m3 = TSimd.Add(m3, w);
            TSimd.Store(TSimd.Multiply(w, b), ref weights, k);
        }

        AddSums(ref moments, m0, m1, m2, m3);
    }

    /// <summary>Adds Σ x w b^k for four powers to the moments.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void AddMixedPowers(ref double weights, ref double slopes, ref double values, int length, ref double moments)
    {
        TVector m0 = TSimd.Broadcast(0), m1 = m0, m2 = m0, m3 = m0;
        for (var k = 0; k < length; k += TSimd.Lanes)
        {
            TVector b = TSimd.Load(in slopes, k), w = TSimd.Multiply(TSimd.Load(in weights, k), TSimd.Load(in values, k));
            m0 = TSimd.Add(m0, w);
            w = TSimd.Multiply(w, b);
            m1 = TSimd.Add(m1, w);
            w = TSimd.Multiply(w, b);
            m2 = TSimd.Add(m2, w);
            m3 = TSimd.MultiplyAdd(w, b, m3);
        }

        AddSums(ref moments, m0, m1, m2, m3);
    }

    /// <summary>The sum of the weights.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double Total(ref double weights, int length)
    {
        var total = TSimd.Broadcast(0);
        for (var k = 0; k < length; k += TSimd.Lanes) total = TSimd.Add(total, TSimd.Load(in weights, k));
        return TSimd.Sum(total);
    }

    /// <summary>Evaluates two polynomials at the slopes, into the sums of the tile.</summary>
    /// <remarks>Four vectors at a time: a polynomial waits for its own last step, but not for the seven others.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Evaluate(Tile tile, int start, int length, ref double first, ref double second, int terms)
    {
        ref double at = ref tile.Slope.Column(0), sums = ref tile.Sums.Column(0), others = ref tile.Sums.Column(1);
        for (var k = start; k < start + length; k += 4 * TSimd.Lanes)
        {
            TVector a0 = TSimd.Broadcast(Unsafe.Add(ref first, terms - 1)), b0 = TSimd.Broadcast(Unsafe.Add(ref second, terms - 1));
            TVector a1 = a0, a2 = a0, a3 = a0, b1 = b0, b2 = b0, b3 = b0;
            TVector x0 = TSimd.Load(in at, k), x1 = TSimd.Load(in at, k + TSimd.Lanes);
            TVector x2 = TSimd.Load(in at, k + 2 * TSimd.Lanes), x3 = TSimd.Load(in at, k + 3 * TSimd.Lanes);
            for (nint power = terms - 2; power >= 0; power--)
            {
                var coefficient = TSimd.Broadcast(Unsafe.Add(ref first, power));
                a0 = TSimd.MultiplyAdd(a0, x0, coefficient);
                a1 = TSimd.MultiplyAdd(a1, x1, coefficient);
                a2 = TSimd.MultiplyAdd(a2, x2, coefficient);
                a3 = TSimd.MultiplyAdd(a3, x3, coefficient);
                coefficient = TSimd.Broadcast(Unsafe.Add(ref second, power));
                b0 = TSimd.MultiplyAdd(b0, x0, coefficient);
                b1 = TSimd.MultiplyAdd(b1, x1, coefficient);
                b2 = TSimd.MultiplyAdd(b2, x2, coefficient);
                b3 = TSimd.MultiplyAdd(b3, x3, coefficient);
            }

            TSimd.Store(a0, ref sums, k);
            TSimd.Store(a1, ref sums, k + TSimd.Lanes);
            TSimd.Store(a2, ref sums, k + 2 * TSimd.Lanes);
            TSimd.Store(a3, ref sums, k + 3 * TSimd.Lanes);
            TSimd.Store(b0, ref others, k);
            TSimd.Store(b1, ref others, k + TSimd.Lanes);
            TSimd.Store(b2, ref others, k + 2 * TSimd.Lanes);
            TSimd.Store(b3, ref others, k + 3 * TSimd.Lanes);
        }
    }

    /// <summary>Evaluates the polynomials of every series at the columns of a tile and hands the results to a sink.</summary>
    public static void Hand<TSink>(Tile tile, int start, int length, int series, int terms, int column, int middle, ref TSink sink)
        where TSink : struct, IColumnSink<TVector>
    {
        for (var s = 0; s < series; s++)
        {
            Evaluate(tile, start, length, ref tile.Moments.Column(s), ref tile.ShiftedMoments.Column(s), terms);
            HandSums(tile, start, length, s, column, middle, ref sink);
        }
    }

    /// <summary>Hands the sums of a tile, times the weights, to a sink; the second sum counts from the middle row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void HandSums<TSink>(Tile tile, int start, int length, int series, int column, int middle, ref TSink sink)
        where TSink : struct, IColumnSink<TVector>
    {
        ref double weights = ref tile.Weight.Column(0), sums = ref tile.Sums.Column(0), shifted = ref tile.Sums.Column(1);
        for (var k = 0; k < length; k += TSimd.Lanes)
        {
            var weight = TSimd.Load(in weights, start + k);
            var sum = TSimd.Multiply(weight, TSimd.Load(in sums, start + k));
            var offset = TSimd.Add(TSimd.Broadcast(column + k - middle), TSimd.LaneNumbers);
            var moment = TSimd.Subtract(TSimd.Multiply(offset, sum), TSimd.Multiply(weight, TSimd.Load(in shifted, start + k)));
            sink.Add(series, column + k, sum, moment);
        }
    }

    private static void AddSums(ref double moments, TVector m0, TVector m1, TVector m2, TVector m3)
    {
        moments += TSimd.Sum(m0);
        Unsafe.Add(ref moments, 1) += TSimd.Sum(m1);
        Unsafe.Add(ref moments, 2) += TSimd.Sum(m2);
        Unsafe.Add(ref moments, 3) += TSimd.Sum(m3);
    }
}
