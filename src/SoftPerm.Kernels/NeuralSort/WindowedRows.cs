using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

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
