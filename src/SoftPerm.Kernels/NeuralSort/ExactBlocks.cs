using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Short blocks of rows: each row's weights are the last one's times a ratio by column, so two exponentials serve them all.</summary>
/// <remarks>
/// In the terms of <see cref="RowBlocks{TSimd, TVector}"/>, row k of the block is proportional to
/// <c>exp(-D_c(m) - b[m]) · q[m]^k</c> with <c>q[m] = exp(b[m] / h)</c>. Nothing is left out but the tail, and a row costs as much
/// as a term of the series. The caller's blocks have at least two rows and at most <see cref="Tile.MaxTerms"/>.
/// </remarks>
internal static class ExactBlocks<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Computes the totals of a block of rows and their mixtures of values.</summary>
    /// <inheritdoc cref="RowBlocks{TSimd, TVector}.Forward"/>
    public static BlockOutcome Forward(
        RowBlock block, ref readonly double gaps, int count, double tail, Panel values, ref double totals, Panel mixtures, Tile tile)
    {
        // 1. The middle row's own column has D = 0 and q = 1.
        var moments = tile.Moments.Slice(0, 1 + values.Columns);
        for (var s = 0; s < moments.Columns; s++)
            moments.Span(s, 0, block.Terms).Fill(s == 0 ? 1 : Unsafe.Add(ref values.Column(s - 1), block.Middle));
        // 2. The window, right and left of the middle.
        int first = block.Middle, end = block.Middle + 1;
        double steepest = 0;
        for (var side = 1; side >= -1; side -= 2)
        {
            var walk = new ColumnWalk(block, side, count, tail);
            while (walk.Next(in gaps, tile) is var length and > 0)
            {
                TileSums<TSimd, TVector>.WeighFirst(tile, walk.TileStart, length, side, block.Half);
                TileSums<TSimd, TVector>.AddMoments(tile, walk.TileStart, length, block.Terms, values, walk.FirstColumn);
                if (side > 0) end = walk.FirstColumn + length;
                else first = walk.FirstColumn;
            }

            if (walk.IsTooSteep) return BlockOutcome.TooSteep;
            steepest = Math.Max(steepest, walk.Steepest);
        }

        // 3. The moments are the rows.
        StoreRows(block, in gaps, values.Columns, ref totals, mixtures, tile);
        return new BlockOutcome(first, end, steepest, Error: 0);
    }

    /// <inheritdoc cref="RowBlocks{TSimd, TVector}.Transpose"/>
    public static void Transpose<TSink>(
        RowBlock block, ref readonly double gaps, int count, double tail, Panel weights, Tile tile, ref TSink sink)
        where TSink : struct, IColumnSink<TVector>
    {
        for (var s = 0; s < weights.Columns; s++)
        {
            tile.Moments.Span(s, 0, block.Terms).Clear();
            tile.ShiftedMoments.Span(s, 0, block.Terms).Clear();
        }

        SetCoefficients(block, in gaps, weights, tile);
        for (var s = 0; s < weights.Columns; s++)
        {
            double sum = 0, shifted = 0;
            foreach (var coefficient in tile.Moments.Span(s, 0, block.Length)) sum += coefficient;
            foreach (var coefficient in tile.ShiftedMoments.Span(s, 0, block.Length)) shifted += coefficient;
            sink.AddOne(s, block.Middle, sum, -shifted);
        }

        for (var side = 1; side >= -1; side -= 2)
        {
            var walk = new ColumnWalk(block, side, count, tail);
            while (walk.Next(in gaps, tile) is var length and > 0)
            {
                TileSums<TSimd, TVector>.WeighFirst(tile, walk.TileStart, length, side, block.Half);
                TileSums<TSimd, TVector>.Hand(tile, walk.TileStart, length, weights.Columns, block.Terms, walk.FirstColumn, block.Middle, ref sink);
            }
        }
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
        for (var s = 0; s < weights.Columns; s++) Unsafe.Add(ref tile.Moments.Column(s), block.Half) = Unsafe.Add(ref weights.Column(s), block.Middle);
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
}
