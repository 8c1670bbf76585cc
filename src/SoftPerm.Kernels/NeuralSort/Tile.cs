using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>One thread's scratch for a stretch of columns, small enough to stay in the first-level cache.</summary>
internal sealed class Tile : IDisposable
{
    /// <summary>Columns of a window, or rows of a block, treated at once.</summary>
    public const int Columns = 256;

    /// <summary>The most terms of a series.</summary>
    public const int MaxTerms = 24;

    /// <summary>The farthest column a narrow row reaches on either side.</summary>
    public const int NarrowReach = 32;

    /// <summary>A distance whose weight is as good as zero.</summary>
    public const double Negligible = 1e300;

    private const int Margin = 4 * Panel.Margin; // loops take up to four vectors at a time
    private const int Powers = MaxTerms + 4;

    private readonly ScratchArray<double> scratch;

    /// <param name="series">How many series are summed at once.</param>
    public Tile(int series)
    {
        const int Column = Columns + Margin;
        scratch = new ScratchArray<double>((5 * Column) + (2 * NarrowReach * Panel.Margin) + (2 * series * Powers));
        Distance = new Panel(scratch.Array, 0, Column, 1);
        Slope = Distance with { Start = Column };
        Weight = Distance with { Start = 2 * Column };
        Sums = new Panel(scratch.Array, 3 * Column, Column, 2);
        Reach = new Panel(scratch.Array, 5 * Column, NarrowReach * Panel.Margin, 2);
        Moments = new Panel(scratch.Array, Reach.Start + 2 * Reach.Stride, Powers, series);
        ShiftedMoments = Moments with { Start = Moments.Start + series * Powers };
    }

    /// <summary>D of each column from the middle row of a block, or of the middle column from each row.</summary>
    public Panel Distance { get; }

    /// <summary>The slope b of each column, or the offset u of each row.</summary>
    public Panel Slope { get; }

    /// <summary>Weights, times a power of the slopes.</summary>
    public Panel Weight { get; }

    /// <summary>Two polynomials at the slopes.</summary>
    public Panel Sums { get; }

    /// <summary>exp(-D) of a few rows at each offset to the right, and to the left.</summary>
    public Panel Reach { get; }

    /// <summary>Sums for each series and power.</summary>
    public Panel Moments { get; }

    /// <summary>The same one power on.</summary>
    public Panel ShiftedMoments { get; }

    /// <summary>Gives lanes behind the last column, or row, no weight.</summary>
    public void EndAt(int end)
    {
        Distance.Span(0, end, end + Panel.Margin).Fill(Negligible);
        Slope.Span(0, end, end + Panel.Margin).Clear();
    }

    public void Dispose() => scratch.Dispose();
}

/// <summary>Columns of doubles by place, each with room on both sides for vectors that reach over the ends.</summary>
/// <param name="Array">Holds the columns.</param>
/// <param name="Start">Where place 0 of column 0 lies.</param>
/// <param name="Stride">From one column to the next.</param>
/// <param name="Columns">How many.</param>
internal readonly record struct Panel(double[] Array, int Start, int Stride, int Columns)
{
    /// <summary>Entries on each side of a column that may be read and written: one vector of the widest kind.</summary>
    public const int Margin = SortedItems.Margin;

    /// <summary>Place 0 of one column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref double Column(int column) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Array), Start + column * Stride);

    /// <summary>Entries of one column.</summary>
    /// <param name="column">Which column.</param>
    /// <param name="first">The first place, or a place of the margin.</param>
    /// <param name="end">The place behind the last.</param>
    public Span<double> Span(int column, int first, int end) => Array.AsSpan(Start + column * Stride + first, end - first);

    /// <summary>Some of the columns.</summary>
    public Panel Slice(int first, int count) => this with { Start = Start + first * Stride, Columns = count };

    /// <summary>The same columns from a later entry on.</summary>
    public Panel From(int entry) => this with { Start = Start + entry };
}

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

/// <summary>The last, incomplete vector of a stretch.</summary>
internal static class Partial<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Stores the first lanes only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, ref double target, nint offset, int lanes)
    {
        if (lanes >= TSimd.Lanes) TSimd.Store(value, ref target, offset);
        else StoreLanes(value, ref target, offset, lanes);
    }

    private static void StoreLanes(TVector value, ref double target, nint offset, int lanes)
    {
        Span<double> entries = stackalloc double[8];
        TSimd.Store(value, ref entries[0], 0);
        for (var lane = 0; lane < lanes; lane++) Unsafe.Add(ref target, offset + lane) = entries[lane];
    }
}
