namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Neighbouring rows that share the window of the middle one.</summary>
/// <param name="First">The first row.</param>
/// <param name="Length">How many.</param>
/// <param name="Terms">The terms p of the series, a multiple of 4; of an exact block, its length made one.</param>
/// <param name="IsExact">Whether rows follow from each other exactly and not by the series.</param>
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

/// <summary>What a block of rows turned out to be.</summary>
/// <param name="First">The first column of the window.</param>
/// <param name="End">The column behind the last.</param>
/// <param name="Steepest">max |b[m]| over the window.</param>
/// <param name="Error">The bound on the error relative to the totals.</param>
internal readonly record struct BlockOutcome(int First, int End, double Steepest, double Error)
{
    /// <summary>The window holds a slope that the series, or the range of numbers, does not bear.</summary>
    public static BlockOutcome TooSteep { get; } = new(0, 0, double.PositiveInfinity, double.PositiveInfinity);
}
