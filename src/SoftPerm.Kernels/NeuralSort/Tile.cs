using SoftPerm.Kernels.Numerics;

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

    public void Dispose() => scratch.Dispose();
}
