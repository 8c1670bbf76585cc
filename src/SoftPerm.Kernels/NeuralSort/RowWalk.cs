using System.Runtime.CompilerServices;

namespace SoftPerm.Kernels.NeuralSort;

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
        tile.Distance.Span(0, TileStart + length, TileStart + length + Panel.Margin).Fill(Tile.Negligible);
        tile.Slope.Span(0, TileStart + length, TileStart + length + Panel.Margin).Clear();
        return length;
    }
}
