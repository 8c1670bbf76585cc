using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Blocks of rows whose windows are wide: one pass over the window of the middle row serves them all.</summary>
/// <remarks>
/// <para>With c the middle row, h the farthest row from it and b[m] = 2h (t[c] - t[m]) / τ, row i is proportional to
/// <c>exp(-D_c(m)) · exp(u b[m])</c>, u = (i - c) / h in [-1, 1]. The second factor is expanded to p terms, so that sums over the
/// window do not depend on i: <c>Z(u) = Σ_k u^k M_k</c>, <c>M_k = Σ_m exp(-D_c(m)) b[m]^k / k!</c>. The caller takes a block only if
/// the bound on what the series leaves out is within the tolerance.</para>
/// <para>Exact blocks, of 2 to <see cref="Tile.MaxTerms"/> rows, leave nothing out but the tail: row k is proportional to
/// <c>exp(-D_c(m) - b[m]) · q[m]^k</c> with <c>q[m] = exp(b[m] / h)</c>, so two exponentials a column serve all rows, and a row costs as
/// much as a term of the series.</para>
/// </remarks>
internal static class RowBlocks<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private static readonly double[] InverseFactorials = Factorials();

    /// <summary>Computes the totals of a block of rows and their mixtures of values.</summary>
    /// <returns>How far the window reaches and how large the error may be relative to the totals.</returns>
    public static BlockOutcome Forward(Sequence sequence, RowBlock block, Panel values, Panel totals, Panel mixtures, Tile tile)
    {
        // 1. The middle row's own column has D = 0 and b = 0, so q = 1.
        var moments = tile.Moments.Slice(0, 1 + values.Columns);
        for (var s = 0; s < moments.Columns; s++)
        {
            var own = s == 0 ? 1 : Unsafe.Add(ref values.Column(s - 1), block.Middle);
            moments.Span(s, 0, block.Terms).Fill(block.IsExact ? own : 0);
            moments.Column(s) = own;
        }

        // 2. The window, right and left of the middle.
        double leftOut = 0, steepest = 0;
        int first = block.Middle, end = block.Middle + 1;
        for (var side = 1; side >= -1; side -= 2)
        {
            var walk = new ColumnWalk(block, side, sequence.Count, sequence.Tail);
            while (walk.Next(in sequence.Gaps, tile) is var length and > 0)
            {
                Weigh(block, side, tile, walk.TileStart, length);
                TileSums<TSimd, TVector>.AddMoments(tile, walk.TileStart, length, block.Terms, values, walk.FirstColumn);
                if (!block.IsExact) leftOut += TileSums<TSimd, TVector>.Total(ref Unsafe.Add(ref tile.Weight.Column(0), walk.TileStart), length); // Σ exp(-D) b^p
                if (side > 0) end = walk.FirstColumn + length;
                else first = walk.FirstColumn;
            }

            if (walk.IsTooSteep) return BlockOutcome.TooSteep;
            steepest = Math.Max(steepest, walk.Steepest);
        }

        if (block.IsExact)
        {
            // 3. The moments are the rows.
            StoreRows(block, in sequence.Gaps, values.Columns, ref totals.Column(0), mixtures, tile);
            return new BlockOutcome(first, end, steepest, Error: 0);
        }

        // 3. The rows, and what they may be off: Σ_{k≥p} b^k/k! ≤ b^p/p! / (1 - b/(p+1)).
        for (var s = 0; s < moments.Columns; s++)
            for (var k = 0; k < block.Terms; k++) Unsafe.Add(ref moments.Column(s), k) *= InverseFactorials[k];
        var remainder = leftOut * InverseFactorials[block.Terms] / (1 - steepest / (block.Terms + 1));
        var smallest = EvaluateRows(block, in sequence.Gaps, values.Columns, ref totals.Column(0), mixtures, tile);
        return new BlockOutcome(first, end, steepest, smallest > remainder ? remainder / (smallest - remainder) : double.PositiveInfinity);
    }

    /// <summary>Spreads series of row weights over the columns of their windows, into a sink.</summary>
    public static void Transpose<TSink>(Sequence sequence, RowBlock block, Panel weights, Tile tile, ref TSink sink)
        where TSink : struct, IColumnSink<TVector>
    {
        if (block.IsExact) SetCoefficients(block, in sequence.Gaps, weights, tile);
        else SumWeights(block, in sequence.Gaps, weights, tile);
        for (var s = 0; s < weights.Columns; s++)
        {
            double sum = tile.Moments.Column(s), shifted = tile.ShiftedMoments.Column(s);
            for (var k = 1; block.IsExact && k < block.Length; k++)
                (sum, shifted) = (sum + Unsafe.Add(ref tile.Moments.Column(s), k), shifted + Unsafe.Add(ref tile.ShiftedMoments.Column(s), k));
            sink.AddOne(s, block.Middle, sum, -shifted);
        }

        for (var side = 1; side >= -1; side -= 2)
        {
            var walk = new ColumnWalk(block, side, sequence.Count, sequence.Tail);
            while (walk.Next(in sequence.Gaps, tile) is var length and > 0)
            {
                Weigh(block, side, tile, walk.TileStart, length);
                TileSums<TSimd, TVector>.Hand(tile, walk.TileStart, length, weights.Columns, block.Terms, walk.FirstColumn, block.Middle, ref sink);
            }
        }
    }

    private static void Weigh(RowBlock block, int side, Tile tile, int start, int length)
    {
        if (block.IsExact) TileSums<TSimd, TVector>.WeighFirst(tile, start, length, side, block.Half);
        else TileSums<TSimd, TVector>.Weigh(tile, start, length);
    }

    /// <summary>Evaluates totals and mixtures at every row of the block.</summary>
    /// <returns>The smallest total, relative to the middle row.</returns>
    private static double EvaluateRows(RowBlock block, ref readonly double gaps, int columns, ref double totals, Panel mixtures, Tile tile)
    {
        ref var moments = ref tile.Moments.Column(0);
        var smallest = moments;
        Unsafe.Add(ref totals, block.Middle) = moments;
        for (var s = 0; s < columns; s++) Unsafe.Add(ref mixtures.Column(s), block.Middle) = tile.Moments.Column(s + 1) / moments;
        for (var side = 1; side >= -1; side -= 2)
        {
            var walk = new RowWalk(block, side);
            while (walk.Next(in gaps, tile) is var length and > 0)
            {
                TileSums<TSimd, TVector>.Weigh(tile, walk.TileStart, length);
                for (var s = 0; s < Math.Max(1, columns); s++)
                {
                    // The totals are evaluated with every column again: one of the two polynomials is free.
                    ref var mixed = ref tile.Moments.Column(Math.Min(s + 1, columns));
                    TileSums<TSimd, TVector>.Evaluate(tile, walk.TileStart, length, ref moments, ref mixed, block.Terms);
                    if (s < columns) Divide(tile, walk.TileStart, length, ref Unsafe.Add(ref mixtures.Column(s), walk.FirstRow));
                }

                smallest = Math.Min(smallest, StoreTotals(tile, walk.TileStart, length, ref Unsafe.Add(ref totals, walk.FirstRow)));
            }
        }

        return smallest;
    }

    private static void Divide(Tile tile, int start, int length, ref double mixtures)
    {
        for (var k = 0; k < length; k += TSimd.Lanes)
        {
            var mixture = TSimd.Divide(TSimd.Load(in tile.Sums.Column(1), start + k), TSimd.Load(in tile.Sums.Column(0), start + k));
            Partial<TSimd, TVector>.Store(mixture, ref mixtures, k, length - k);
        }
    }

    private static double StoreTotals(Tile tile, int start, int length, ref double totals)
    {
        for (var k = 0; k < length; k += TSimd.Lanes)
        {
            var total = TSimd.Multiply(TSimd.Load(in tile.Sums.Column(0), start + k), TSimd.Load(in tile.Weight.Column(0), start + k));
            Partial<TSimd, TVector>.Store(total, ref totals, k, length - k);
        }

        var smallest = double.PositiveInfinity;
        foreach (var total in tile.Sums.Span(0, start, start + length)) smallest = Math.Min(smallest, total);
        return smallest;
    }

    /// <summary>Sums the powers of the rows' offsets, weighted, over the block.</summary>
    private static void SumWeights(RowBlock block, ref readonly double gaps, Panel weights, Tile tile)
    {
        for (var s = 0; s < weights.Columns; s++)
        {
            tile.Moments.Span(s, 0, block.Terms + 4).Clear();
            tile.Moments.Column(s) = Unsafe.Add(ref weights.Column(s), block.Middle);
        }

        for (var side = 1; side >= -1; side -= 2)
        {
            var walk = new RowWalk(block, side);
            while (walk.Next(in gaps, tile) is var length and > 0)
            {
                TileSums<TSimd, TVector>.Weigh(tile, walk.TileStart, length);
                for (var s = 0; s < weights.Columns; s++)
                {
                    ref var scaled = ref Scale(tile, walk.TileStart, length, ref Unsafe.Add(ref weights.Column(s), walk.FirstRow));
                    ref var offsets = ref Unsafe.Add(ref tile.Slope.Column(0), walk.TileStart);
                    for (var power = 0; power <= block.Terms; power += 4)
                        TileSums<TSimd, TVector>.AddPowers(ref scaled, ref offsets, length, ref Unsafe.Add(ref tile.Moments.Column(s), power));
                }
            }
        }

        for (var s = 0; s < weights.Columns; s++)
        {
            ref double moments = ref tile.Moments.Column(s), shifted = ref tile.ShiftedMoments.Column(s);
            for (var k = 0; k < block.Terms; k++)
            {
                Unsafe.Add(ref shifted, k) = Unsafe.Add(ref moments, k + 1) * block.Half * InverseFactorials[k];
                Unsafe.Add(ref moments, k) *= InverseFactorials[k];
            }
        }
    }

    /// <summary>Multiplies row weights by those of the tile, into its sums.</summary>
    private static ref double Scale(Tile tile, int start, int length, ref double weights)
    {
        ref var scaled = ref Unsafe.Add(ref tile.Sums.Column(0), start);
        for (var k = 0; k < length; k += TSimd.Lanes)
            TSimd.Store(TSimd.Multiply(TSimd.Load(in tile.Weight.Column(0), start + k), TSimd.Load(in weights, k)), ref scaled, k);
        return ref scaled;
    }

    private static void StoreRows(RowBlock block, ref readonly double gaps, int columns, ref double totals, Panel mixtures, Tile tile)
    {
        ref var moments = ref tile.Moments.Column(0);
        for (var s = 0; s < columns; s++)
        {
            ref double mixed = ref tile.Moments.Column(s + 1), mixture = ref Unsafe.Add(ref mixtures.Column(s), block.First);
            for (var k = 0; k < block.Length; k++) Unsafe.Add(ref mixture, k) = Unsafe.Add(ref mixed, k) / Unsafe.Add(ref moments, k);
        }

        Unsafe.Add(ref totals, block.Middle) = Unsafe.Add(ref moments, block.Half);
        for (var side = 1; side >= -1; side -= 2)
        {
            var walk = new RowWalk(block, side);
            var length = walk.Next(in gaps, tile);
            TileSums<TSimd, TVector>.Weigh(tile, walk.TileStart, length);
            ref double scale = ref Unsafe.Add(ref tile.Weight.Column(0), walk.TileStart), total = ref Unsafe.Add(ref totals, walk.FirstRow);
            ref var moment = ref Unsafe.Add(ref moments, walk.FirstRow - block.First);
            for (var k = 0; k < length; k++) Unsafe.Add(ref total, k) = Unsafe.Add(ref moment, k) * Unsafe.Add(ref scale, k);
        }
    }

    /// <summary>Sets the polynomials in q: the weights in units of the middle row, and the same times i - c.</summary>
    private static void SetCoefficients(RowBlock block, ref readonly double gaps, Panel weights, Tile tile)
    {
        for (var s = 0; s < weights.Columns; s++)
        {
            tile.Moments.Span(s, 0, block.Terms).Clear();
            tile.ShiftedMoments.Span(s, 0, block.Terms).Clear();
            Unsafe.Add(ref tile.Moments.Column(s), block.Half) = Unsafe.Add(ref weights.Column(s), block.Middle);
        }

        for (var side = 1; side >= -1; side -= 2)
        {
            var walk = new RowWalk(block, side);
            var length = walk.Next(in gaps, tile);
            TileSums<TSimd, TVector>.Weigh(tile, walk.TileStart, length);
            ref var scale = ref Unsafe.Add(ref tile.Weight.Column(0), walk.TileStart);
            var power = walk.FirstRow - block.First;
            for (var s = 0; s < weights.Columns; s++)
            {
                ref double coefficients = ref tile.Moments.Column(s), shifted = ref tile.ShiftedMoments.Column(s);
                ref var given = ref Unsafe.Add(ref weights.Column(s), block.First);
                for (var k = power; k < power + length; k++)
                {
                    var coefficient = Unsafe.Add(ref given, k) * Unsafe.Add(ref scale, k - power);
                    Unsafe.Add(ref coefficients, k) = coefficient;
                    Unsafe.Add(ref shifted, k) = coefficient * (k - block.Half);
                }
            }
        }
    }

    private static double[] Factorials()
    {
        var inverse = new double[Tile.MaxTerms + 2];
        inverse[0] = 1;
        for (var k = 1; k < inverse.Length; k++) inverse[k] = inverse[k - 1] / k;
        return inverse;
    }
}

/// <summary>Some neighbouring rows, from the first on, that share the window of the middle one.</summary>
/// <remarks>The terms p of the series, a multiple of 4; of an exact block, its length made one. Exact: rows follow from each other exactly and not by the series.</remarks>
internal readonly record struct RowBlock(int First, int Length, int Terms, bool IsExact)
{
    /// <summary>A block of one row, which needs no more than the first term.</summary>
    public static RowBlock Single(int row) => new(row, 1, 4, IsExact: false);

    /// <summary>An exact block.</summary>
    public static RowBlock Exact(int first, int length) => new(first, length, (length + 3) & ~3, IsExact: true);

    /// <summary>The row c the others are expanded around.</summary>
    public int Middle => First + Length / 2;

    /// <summary>The row behind the last.</summary>
    public int End => First + Length;

    /// <summary>The distance h of the farthest row from the middle.</summary>
    public int Half => Length / 2;
}

/// <summary>What a block of rows turned out to be, First and End bounding the columns of its window.</summary>
/// <remarks>Steepest: max |b[m]| over the window. Error: The bound on the error relative to the totals.</remarks>
internal readonly record struct BlockOutcome(int First, int End, double Steepest, double Error)
{
    /// <summary>The window holds a slope that the series, or the range of numbers, does not bear.</summary>
    public static BlockOutcome TooSteep { get; } = new(0, 0, double.PositiveInfinity, double.PositiveInfinity);
}

/// <summary>Walks the window of a block from its middle to one side, a tile at a time.</summary>
/// <remarks>D and b are running sums of non-negative gaps, so they keep their relative accuracy at any n and any range of scores.</remarks>
internal struct ColumnWalk(RowBlock block, int side, int count, double tail)
{
    private const double SteepestExact = 250; // exp(±2b - tail) is within the range of doubles

    private readonly int farthest = side > 0 ? count - 1 - block.Middle : block.Middle;
    private readonly double steepestAllowed = block.IsExact ? SteepestExact : 0.9 * (block.Terms + 1);
    private readonly double slopeOfSpan = 2.0 * block.Half;
    private int offset = 1;
    private double distance;
    private double span;
    private bool ended;

    /// <summary>Whether the walk stopped because the series would not converge, or numbers would leave their range.</summary>
    public bool IsTooSteep { get; private set; }

    /// <summary>The largest |b| seen.</summary>
    public double Steepest { get; private set; }

    /// <summary>Where the tile's columns start.</summary>
    public int TileStart { get; private set; }

    /// <summary>The column at the start of the tile; the others follow.</summary>
    public int FirstColumn { get; private set; }

    /// <summary>Fills the next tile with D and b; lanes behind the last column have no weight.</summary>
    /// <returns>The number of columns; 0 at the end.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int Next(ref readonly double gaps, Tile tile)
    {
        if (ended) return 0;
        ref var gap = ref Unsafe.Add(ref Unsafe.AsRef(in gaps), block.Middle + (side > 0 ? offset - 1 : -offset));
        var start = side > 0 ? 0 : Tile.Columns - 1;
        var most = Math.Min(Tile.Columns, farthest - offset + 1);
        var length = Fill(ref gap, ref Unsafe.Add(ref tile.Distance.Column(0), start), ref Unsafe.Add(ref tile.Slope.Column(0), start), most);
        if (IsTooSteep) return 0;
        ended |= length < most || offset > farthest;
        TileStart = side > 0 ? 0 : Tile.Columns - length;
        FirstColumn = block.Middle + (side > 0 ? offset - length : 1 - offset);
        tile.EndAt(TileStart + length);
        return length;
    }

    private int Fill(ref double gap, ref double distances, ref double slopes, int most)
    {
        var (d, s, weight) = (distance, span, 2.0 * offset - 1);
        double steepest = Steepest, slopeUnit = side * slopeOfSpan;
        nint at = 0;
        var length = 0;
        for (; length < most; length++, at += side)
        {
            var g = Unsafe.Add(ref gap, at);
            d += weight * g;
            s += g;
            weight += 2;
            var slope = slopeOfSpan * s;
            // The row at this end of the block is the last to reach so far: D falls short of it by at most the slope.
            if (d - slope > tail) break;
            if (slope > steepestAllowed)
            {
                IsTooSteep = true;
                return length;
            }

            steepest = slope;
            Unsafe.Add(ref distances, at) = d;
            Unsafe.Add(ref slopes, at) = slopeUnit * s;
        }

        (distance, span, Steepest) = (d, s, steepest);
        offset += length;
        return length;
    }
}

/// <summary>Walks the rows of a block from its middle c to one side, a tile at a time.</summary>
internal struct RowWalk(RowBlock block, int side)
{
    private readonly int farthest = side > 0 ? block.End - 1 - block.Middle : block.Middle - block.First;
    private int offset = 1;
    private double distance;
    private double span;

    /// <summary>Where the tile's rows start.</summary>
    public int TileStart { get; private set; }

    /// <summary>The row at the start of the tile; the others follow.</summary>
    public int FirstRow { get; private set; }

    /// <summary>Fills the next tile with D_i(c) and the offset u of each row; lanes behind the last row have no weight.</summary>
    /// <returns>The number of rows; 0 at the end.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int Next(ref readonly double gaps, Tile tile)
    {
        ref double distances = ref tile.Distance.Column(0), offsets = ref tile.Slope.Column(0);
        var scale = side * 1.0 / Math.Max(1, block.Half);
        var length = 0;
        for (; length < Tile.Columns && offset <= farthest; length++, offset++)
        {
            var gap = Unsafe.Add(ref Unsafe.AsRef(in gaps), block.Middle + (side > 0 ? offset - 1 : -offset));
            distance += 2 * span + gap;
            span += gap;
            var at = side > 0 ? length : Tile.Columns - 1 - length;
            Unsafe.Add(ref distances, at) = distance;
            Unsafe.Add(ref offsets, at) = offset * scale;
        }

        TileStart = side > 0 ? 0 : Tile.Columns - length;
        FirstRow = block.Middle + (side > 0 ? offset - length : 1 - offset);
        tile.EndAt(TileStart + length);
        return length;
    }
}
