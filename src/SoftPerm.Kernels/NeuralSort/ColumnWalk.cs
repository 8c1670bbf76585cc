using System.Runtime.CompilerServices;

namespace SoftPerm.Kernels.NeuralSort;

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
        tile.Distance.Span(0, TileStart + length, TileStart + length + Panel.Margin).Fill(Tile.Negligible);
        tile.Slope.Span(0, TileStart + length, TileStart + length + Panel.Margin).Clear();
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
