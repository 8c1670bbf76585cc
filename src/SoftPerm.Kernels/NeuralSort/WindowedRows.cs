using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>The transforms on one sequence: narrow rows directly, a vector of neighbours at a time; wide ones in blocks.</summary>
internal sealed class WindowedRows<TSimd, TVector> : RowTransform
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Columns beside a narrow row above which blocks are faster: measured.</summary>
    private const int WidestRun = 24;

    /// <summary>The shortest block for which the series is faster than exact blocks: measured.</summary>
    private const int ShortestSeries = 2 * Tile.MaxTerms;

    /// <summary>The steepest slope of a window that the series usually just bears.</summary>
    private const double UsualSlope = 8;

    public override int Lanes => TSimd.Lanes;

    public override void Plan(Sequence sequence, ref Stretch stretch, Panel values, Panel totals, Panel mixtures, RowPlan plan)
    {
        using var tile = new Tile(1 + values.Columns);
        int row = stretch.First, run = -1, tooWide = -1, width = 0, length = Tile.MaxTerms;
        double steepness = 0;
        while (row < stretch.End)
        {
            if (width <= WidestRun && tooWide != row)
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

            var block = BlockAt(row, Math.Min(length, stretch.End - row), sequence.Tolerance, steepness);
            var outcome = Block(sequence, block, values, totals, mixtures, tile);
            if (outcome.Error <= sequence.Tolerance)
            {
                run = -1;
                plan.SetBlock(block);
                stretch.Reach(outcome.First, outcome.End, block: true);
                row = block.End;
                width = outcome.End - outcome.First - block.Length;
                steepness = outcome.Steepest / Math.Max(1, block.Half);
                length = NextLength(block, outcome, sequence.Tolerance);
            }
            else
            {
                steepness = double.PositiveInfinity;
                length = ShorterLength(block, outcome, sequence.Tolerance);
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
            if (block.IsExact) ExactBlocks<TSimd, TVector>.Transpose(block, in sequence.Gaps, sequence.Count, sequence.Tail, weights, tile, ref sink);
            else RowBlocks<TSimd, TVector>.Transpose(block, in sequence.Gaps, sequence.Count, sequence.Tail, weights, tile, ref sink);
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

    private static BlockOutcome Block(Sequence sequence, RowBlock block, Panel values, Panel totals, Panel mixtures, Tile tile) =>
        block.IsExact
            ? ExactBlocks<TSimd, TVector>.Forward(block, in sequence.Gaps, sequence.Count, sequence.Tail, values, ref totals.Column(0), mixtures, tile)
            : RowBlocks<TSimd, TVector>.Forward(block, in sequence.Gaps, sequence.Count, sequence.Tail, values, ref totals.Column(0), mixtures, tile);

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

    /// <summary>The block of a length: of one row, exact, or by the series.</summary>
    /// <param name="row">The first row.</param>
    /// <param name="length">The length.</param>
    /// <param name="tolerance">ε.</param>
    /// <param name="steepness">|b| per row of half-length where the last window ended.</param>
    private static RowBlock BlockAt(int row, int length, double tolerance, double steepness)
    {
        if (length <= 1) return RowBlock.Single(row);
        if (length <= Tile.MaxTerms) return RowBlock.Exact(row, length);
        return new RowBlock(row, length, Terms(steepness * (length / 2), tolerance), IsExact: false);
    }

    /// <summary>How long the next block may be, from what this one turned out to be.</summary>
    private static int NextLength(RowBlock block, BlockOutcome outcome, double tolerance)
    {
        // The bound grows like the p-th power of the length, so from one length follows the one that is allowed.
        if (block.Length == 1) return Tile.MaxTerms;
        var allowed = block.IsExact
            ? 2 * UsualSlope * block.Half / outcome.Steepest
            : block.Length * Math.Min(4, Allowance(block, outcome, tolerance));
        return allowed < ShortestSeries ? Tile.MaxTerms : (int)Math.Min(allowed, int.MaxValue);
    }

    private static int ShorterLength(RowBlock block, BlockOutcome outcome, double tolerance)
    {
        var length = block.Length * (outcome == BlockOutcome.TooSteep ? 0.6 : Math.Clamp(Allowance(block, outcome, tolerance), 0.3, 0.9));
        return !block.IsExact && length < ShortestSeries ? Tile.MaxTerms : (int)length;
    }

    private static double Allowance(RowBlock block, BlockOutcome outcome, double tolerance) =>
        0.95 * Math.Pow(tolerance / outcome.Error, 1.0 / block.Terms);
}
