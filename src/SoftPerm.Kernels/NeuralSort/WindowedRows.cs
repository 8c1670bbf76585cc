using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>The two sums everything else is made of, for a stretch of rows: over the columns of each row, and over the rows of each column.</summary>
internal abstract class RowTransform
{
    private static readonly Dictionary<SimdWidth, RowTransform> Table = new()
    {
        [SimdWidth.Scalar] = new WindowedRows<Simd64, double>(),
        [SimdWidth.Vector128] = new WindowedRows<Simd128, Vector128<double>>(),
        [SimdWidth.Vector256] = new WindowedRows<Simd256, Vector256<double>>(),
        [SimdWidth.Vector512] = new WindowedRows<Simd512, Vector512<double>>(),
    };

    /// <summary>The transform of one width; runs on any processor, if slowly where the width is not in hardware.</summary>
    public static RowTransform Of(SimdWidth width) => Table[width];

    /// <summary>Plans a stretch and computes its totals Z and mixtures P x.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="stretch">The rows; receives how far they reach.</param>
    /// <param name="values">x by place.</param>
    /// <param name="totals">Receives Z by row.</param>
    /// <param name="mixtures">Receives P x by row.</param>
    /// <param name="plan">Receives how each row was treated.</param>
    public abstract void Plan(Sequence sequence, ref Stretch stretch, Panel values, Panel totals, Panel mixtures, RowPlan plan);

    /// <summary>Computes a planned stretch again, for other values.</summary>
    public abstract void Forward(Sequence sequence, Stretch stretch, Panel values, Panel totals, Panel mixtures, RowPlan plan);

    /// <summary>Adds the blocks of a stretch to column sums and takes their weights away, so that only narrow rows are left.</summary>
    public abstract void TransposeBlocks(Sequence sequence, Stretch stretch, Panel weights, Panel values, Panel results, bool gradient, RowPlan plan);

    /// <summary>Adds the narrow rows around some columns to their sums.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="rows">The rows that may reach the columns; runs only.</param>
    /// <param name="firstColumn">The first column.</param>
    /// <param name="endColumn">The column behind the last.</param>
    /// <param name="weights">Series by row, 0 for rows of blocks and outside all stretches.</param>
    /// <param name="values">x by column.</param>
    /// <param name="results">Receives the sums.</param>
    /// <param name="gradient">Whether the last two results are A and W.</param>
    /// <param name="plan">How each row is treated.</param>
    public abstract void TransposeNarrow(
        Sequence sequence, Stretch rows, int firstColumn, int endColumn, Panel weights, Panel values, Panel results, bool gradient, RowPlan plan);

    /// <summary>The sequences in a vector.</summary>
    public abstract int Lanes { get; }

    /// <summary>Computes totals and mixtures of rows of short sequences that lie side by side, a multiple of <see cref="Lanes"/> of them.</summary>
    /// <param name="shape">The rows.</param>
    /// <param name="gaps">The gaps of all sequences.</param>
    /// <param name="values">x by place.</param>
    /// <param name="totals">Receives Z by row.</param>
    /// <param name="mixtures">Receives P x by row.</param>
    public abstract void ForwardLanes(LaneShape shape, Panel gaps, Panel values, Panel totals, Panel mixtures);

    /// <summary>Adds such rows to column sums.</summary>
    public abstract void TransposeLanes(LaneShape shape, Panel gaps, Panel weights, Panel values, Panel results, bool gradient);
}

/// <summary>The transforms on one sequence: narrow rows directly, a vector of neighbours at a time; wide ones in blocks.</summary>
internal sealed class WindowedRows<TSimd, TVector> : RowTransform
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public override int Lanes => TSimd.Lanes;

    public override void Plan(Sequence sequence, ref Stretch stretch, Panel values, Panel totals, Panel mixtures, RowPlan plan)
    {
        using var tile = new Tile(1 + values.Columns);
        var limits = sequence.Limits;
        int row = stretch.First, run = -1, tooWide = -1, width = 0, length = limits.FirstLength;
        var steepness = double.PositiveInfinity; // |b| at the ends of the last window, per row of half-length
        while (row < stretch.End)
        {
            if (width <= limits.WidestRun && tooWide != row)
            {
                var rows = Math.Min(TSimd.Lanes, stretch.End - row);
                if (Narrow(sequence, row, rows, values, totals, mixtures, tile) is { } reach)
                {
                    if (run < 0) run = row;
                    plan.SetRun(run, row + rows - run);
                    stretch.Reach(Math.Max(0, row - reach.Left), Math.Min(sequence.Count, row + rows + reach.Right), block: false);
                    row += rows;
                    width = reach.Width;
                }
                else
                {
                    tooWide = row;
                }

                continue;
            }

            var block = limits.BlockAt(row, Math.Min(length, stretch.End - row), sequence.Tolerance, steepness);
            var outcome = RowBlocks<TSimd, TVector>.Forward(sequence, block, values, totals, mixtures, tile);
            if (outcome.Error <= sequence.Tolerance)
            {
                run = -1;
                plan.SetBlock(block);
                stretch.Reach(outcome.First, outcome.End, block: true);
                row = block.End;
                width = outcome.End - outcome.First - block.Length;
                steepness = outcome.Steepest / Math.Max(1, block.Half);
                length = limits.NextLength(block, outcome, sequence.Tolerance);
            }
            else
            {
                steepness = double.PositiveInfinity;
                length = limits.ShorterLength(block, outcome, sequence.Tolerance);
            }
        }
    }

    public override void Forward(Sequence sequence, Stretch stretch, Panel values, Panel totals, Panel mixtures, RowPlan plan)
    {
        using var tile = new Tile(1 + values.Columns);
        for (int row = stretch.First, end; row < stretch.End; row = end)
        {
            if (plan.IsBlock(row, out var block))
            {
                end = block.End;
                RowBlocks<TSimd, TVector>.Forward(sequence, block, values, totals, mixtures, tile);
                continue;
            }

            end = row + plan.RunLength(row);
            for (var first = row; first < end; first += TSimd.Lanes)
                Narrow(sequence, first, Math.Min(TSimd.Lanes, end - first), values, totals, mixtures, tile);
        }
    }

    public override void TransposeBlocks(Sequence sequence, Stretch stretch, Panel weights, Panel values, Panel results, bool gradient, RowPlan plan)
    {
        using var tile = new Tile(weights.Columns);
        var sink = new ColumnSums<TSimd, TVector>(results, gradient, values, int.MaxValue);
        for (int row = stretch.First, end; row < stretch.End; row = end)
        {
            if (!plan.IsBlock(row, out var block))
            {
                end = row + plan.RunLength(row);
                continue;
            }

            end = block.End;
            RowBlocks<TSimd, TVector>.Transpose(sequence, block, weights, tile, ref sink);
            for (var s = 0; s < weights.Columns; s++) weights.Span(s, row, end).Clear();
        }
    }

    public override void TransposeNarrow(
        Sequence sequence, Stretch rows, int firstColumn, int endColumn, Panel weights, Panel values, Panel results, bool gradient, RowPlan plan)
    {
        using var tile = new Tile(weights.Columns);
        var column = firstColumn;
        for (int row = rows.First, end; row < rows.End; row = end)
        {
            if (plan.IsBlock(row, out var block))
            {
                end = block.End;
                continue;
            }

            end = row + plan.RunLength(row);
            column = Math.Max(column, row - Tile.NarrowReach);
            var last = Math.Min(endColumn, end + Tile.NarrowReach);
            var sink = new ColumnSums<TSimd, TVector>(results, gradient, values, last);
            for (; column < last; column += TSimd.Lanes)
                NarrowRows<TSimd, TVector>.Transpose(in sequence.Gaps, sequence.Tail, column, weights, tile, ref sink);
            column = Math.Max(firstColumn, Math.Min(column, last));
        }
    }

    public override void ForwardLanes(LaneShape shape, Panel gaps, Panel values, Panel totals, Panel mixtures)
    {
        for (var lane = 0; lane < shape.Stride; lane += TSimd.Lanes)
            LaneRows<TSimd, TVector>.Forward(shape, in gaps.From(lane).Column(0), values.From(lane), ref totals.From(lane).Column(0), mixtures.From(lane));
    }

    public override void TransposeLanes(LaneShape shape, Panel gaps, Panel weights, Panel values, Panel results, bool gradient)
    {
        for (var lane = 0; lane < shape.Stride; lane += TSimd.Lanes)
            LaneRows<TSimd, TVector>.Transpose(shape, in gaps.From(lane).Column(0), weights.From(lane), values.From(lane), results.From(lane), gradient);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static NarrowReach? Narrow(Sequence sequence, int row, int rows, Panel values, Panel totals, Panel mixtures, Tile tile) =>
        NarrowRows<TSimd, TVector>.Forward(in sequence.Gaps, sequence.Tail, row, rows, values, ref totals.Column(0), mixtures, tile);
}

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

/// <summary>How far neighbouring narrow rows reach.</summary>
/// <param name="Left">Columns left of each row.</param>
/// <param name="Right">Columns right of each row.</param>
internal readonly record struct NarrowReach(int Left, int Right)
{
    /// <summary>Columns beside each row.</summary>
    public int Width => Left + Right;
}

/// <summary>Takes what a transposed transform finds for columns: sums over rows i of one series of weights w.</summary>
/// <typeparam name="TVector">A vector of doubles.</typeparam>
internal interface IColumnSink<TVector>
    where TVector : struct
{
    /// <summary>Adds to a vector of columns.</summary>
    /// <param name="series">Which series.</param>
    /// <param name="column">The first column m.</param>
    /// <param name="sum">Σ_i w[i] exp(-D_i(m)).</param>
    /// <param name="moment">Σ_i (m - i) w[i] exp(-D_i(m)).</param>
    void Add(int series, int column, TVector sum, TVector moment);

    /// <summary>Adds to one column.</summary>
    void AddOne(int series, int column, double sum, double moment);
}

/// <summary>Collects column sums, or what the gradients need of them.</summary>
/// <remarks>
/// Plain: result q is <c>Σ_i w_q[i] exp(-D_i(m))</c>. For a gradient, series q belongs to the values x_q, and a last series without
/// values counts as x = -1; then with R = Σ_q x_q w_q exp(-D) two more results come first, A = Σ_i R and W = Σ_i 2(m-i) R.
/// </remarks>
/// <param name="results">A and W if a gradient is wanted, then the plain sums that are.</param>
/// <param name="gradient">Whether A and W are wanted.</param>
/// <param name="values">x by column.</param>
/// <param name="end">Columns from here on are left alone.</param>
internal readonly struct ColumnSums<TSimd, TVector>(Panel results, bool gradient, Panel values, int end) : IColumnSink<TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private readonly int skipped = gradient ? 2 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int series, int column, TVector sum, TVector moment)
    {
        var lanes = end - column;
        if (series + skipped < results.Columns) Accumulate(ref results.Column(series + skipped), column, sum, lanes);
        if (!gradient) return;
        var x = series < values.Columns ? TSimd.Load(in values.Column(series), column) : TSimd.Broadcast(-1);
        Accumulate(ref results.Column(0), column, TSimd.Multiply(x, sum), lanes);
        Accumulate(ref results.Column(1), column, TSimd.Multiply(TSimd.Add(x, x), moment), lanes);
    }

    public void AddOne(int series, int column, double sum, double moment)
    {
        if (series + skipped < results.Columns) Unsafe.Add(ref results.Column(series + skipped), column) += sum;
        if (!gradient) return;
        var x = series < values.Columns ? Unsafe.Add(ref values.Column(series), column) : -1;
        Unsafe.Add(ref results.Column(0), column) += x * sum;
        Unsafe.Add(ref results.Column(1), column) += 2 * x * moment;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(ref double results, int column, TVector addend, int lanes) =>
        Partial<TSimd, TVector>.Store(TSimd.Add(TSimd.Load(in results, column), addend), ref results, column, lanes);
}
