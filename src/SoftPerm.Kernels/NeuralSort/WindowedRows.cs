using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>The transforms on one sequence: narrow rows directly, a vector of neighbours at a time; wide ones in blocks.</summary>
internal sealed class WindowedRows<TSimd, TVector> : RowTransform
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Columns beside a narrow row above which blocks are tried: measured.</summary>
    private const int WidestRun = 48;

    /// <summary>Where shorter blocks would be needed, narrow rows are tried again.</summary>
    private const int ShortestBlock = 6;

    /// <summary>The steepest slope of a window that the series usually just bears.</summary>
    private const double UsualSlope = 8;

    public override int Lanes => TSimd.Lanes;

    public override void Plan(Sequence sequence, ref Stretch stretch, Panel values, Panel totals, Panel mixtures, RowPlan plan)
    {
        using var tile = new Tile(1 + values.Columns);
        int row = stretch.First, run = -1, tooWide = -1, length = 0;
        var steepness = double.PositiveInfinity; // |b| at the ends of the last window, per row of half-length
        while (row < stretch.End)
        {
            if (length < ShortestBlock && tooWide != row)
            {
                var rows = Math.Min(TSimd.Lanes, stretch.End - row);
                if (Narrow(sequence, row, rows, values, totals, mixtures, tile) is { } reach)
                {
                    if (run < 0) run = row;
                    plan.SetRun(run, row + rows - run);
                    stretch.Reach(Math.Max(0, row - reach.Left), Math.Min(sequence.Count, row + rows + reach.Right), block: false);
                    row += rows;
                    length = reach.Width > WidestRun ? reach.Width / 8 : 0;
                }
                else
                {
                    tooWide = row;
                    steepness = SteepnessAt(sequence, row);
                    length = (int)Math.Clamp(2 * UsualSlope / steepness, ShortestBlock, int.MaxValue);
                }

                continue;
            }

            length = Math.Clamp(length, 1, stretch.End - row);
            var block = new RowBlock(row, length, Terms(steepness * (length / 2), sequence.Tolerance));
            var outcome = Block(sequence, block, values, totals, mixtures, tile);
            // The bound grows like the p-th power of the length, so from one length follows the one that is allowed.
            var factor = 0.95 * Math.Pow(sequence.Tolerance / outcome.Error, 1.0 / block.Terms);
            if (outcome.Error <= sequence.Tolerance)
            {
                run = -1;
                plan.SetBlock(block);
                stretch.Reach(outcome.First, outcome.End, block: true);
                steepness = outcome.Steepest / Math.Max(1, block.Half);
                row = block.End;
                var isWide = block.Half > 0 && outcome.End - outcome.First - length > WidestRun;
                length = isWide ? (int)Math.Clamp(length * Math.Min(factor, 4), ShortestBlock, int.MaxValue) : 0;
            }
            else
            {
                steepness = double.PositiveInfinity;
                length = (int)(length * (outcome == BlockOutcome.TooSteep ? 0.6 : Math.Clamp(factor, 0.3, 0.9)));
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
                Block(sequence, block, values, totals, mixtures, tile);
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
            RowBlocks<TSimd, TVector>.Transpose(block, in sequence.Gaps, sequence.Count, sequence.Tail, weights, tile, ref sink);
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

    public override void ForwardLanes(Panel gaps, int count, double tail, int first, int end, Panel values, Panel totals, Panel mixtures) =>
        LaneRows<TSimd, TVector>.Forward(in gaps.Column(0), count, tail, first, end, values, ref totals.Column(0), mixtures);

    public override void TransposeLanes(
        Panel gaps, int count, double tail, int first, int end, Panel weights, Panel values, Panel results, bool gradient)
    {
        var sink = new ColumnSums<TSimd, TVector>(results, gradient, values, int.MaxValue);
        LaneRows<TSimd, TVector>.Transpose(in gaps.Column(0), count, tail, first, end, weights, ref sink);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static NarrowReach? Narrow(Sequence sequence, int row, int rows, Panel values, Panel totals, Panel mixtures, Tile tile) =>
        NarrowRows<TSimd, TVector>.Forward(in sequence.Gaps, sequence.Tail, row, rows, values, ref totals.Column(0), mixtures, tile);

    private static BlockOutcome Block(Sequence sequence, RowBlock block, Panel values, Panel totals, Panel mixtures, Tile tile) =>
        RowBlocks<TSimd, TVector>.Forward(block, in sequence.Gaps, sequence.Count, sequence.Tail, values, ref totals.Column(0), mixtures, tile);

    /// <summary>The fewest terms that leave out less than the tolerance where no slope exceeds the one expected.</summary>
    private static int Terms(double slope, double tolerance)
    {
        var term = 1.0;
        for (var k = 1; k < Tile.MaxTerms; k++)
        {
            term *= slope / k;
            if (k % 4 == 0 && k > slope && 4 * term <= tolerance) return k;
        }

        return Tile.MaxTerms;
    }

    /// <summary>How much |b| at the ends of a row's window grows with each row of half-length.</summary>
    private static double SteepnessAt(Sequence sequence, int row)
    {
        ref var gaps = ref Unsafe.AsRef(in sequence.Gaps);
        double steepest = 0;
        for (var side = 1; side >= -1; side -= 2)
        {
            double distance = 0, span = 0;
            var farthest = side > 0 ? sequence.Count - 1 - row : row;
            for (var k = 1; k <= farthest && distance <= sequence.Tail; k++)
            {
                steepest = Math.Max(steepest, 2 * span);
                var gap = Unsafe.Add(ref gaps, side > 0 ? row + k - 1 : row - k);
                distance += (2.0 * k - 1) * gap;
                span += gap;
            }

            if (distance <= sequence.Tail) steepest = Math.Max(steepest, 2 * span);
        }

        return steepest;
    }
}
