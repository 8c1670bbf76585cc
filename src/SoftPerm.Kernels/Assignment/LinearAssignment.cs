using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Assignment;

/// <summary>Linear assignment: the perfect matching of rows with columns that gains most.</summary>
public static class LinearAssignment
{
    // Above this, sums of a few gains could overflow; a power of two scales them without rounding.
    private const double LargestUnscaled = 1e270;
    private static readonly double ScaleOfLarge = Math.ScaleB(1, -100);

    /// <summary>Gives every row a column of its own so that the total gain is largest.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> <c>argmax over permutations σ of Σ_i G[i, σ(i)]</c></para>
    /// <para><b>Properties.</b> Among several best matchings the result is always the same one; where all gains are equal, it is
    /// the identity.</para>
    /// <para><b>Numerics.</b> Any finite gains; the total is the largest but for rounding, about n·2⁻⁵² of the largest gain.</para>
    /// <para><b>Cost.</b> O(n³) time at worst, O(n) memory besides the arguments.</para>
    /// <para><b>Source.</b> Kuhn 1955; Jonker and Volgenant 1987 for the shortest augmenting paths.</para>
    /// </remarks>
    /// <param name="gains">G, row by row, n·n numbers; -∞ forbids a pair.</param>
    /// <param name="n">The number of rows and of columns, at least 1.</param>
    /// <param name="columnOfRow">Receives σ, n indices.</param>
    /// <exception cref="ArgumentException">A length is wrong, a gain is NaN or +∞, or every perfect matching holds a forbidden
    /// pair.</exception>
    /// <exception cref="ArgumentOutOfRangeException">n is less than 1.</exception>
    public static void Solve(ReadOnlySpan<double> gains, int n, Span<int> columnOfRow)
    {
        if (!TrySolve(gains, n, columnOfRow))
            throw new ArgumentException("gains must allow a perfect matching; every one holds a pair whose gain is -∞.", nameof(gains));
    }

    /// <summary>As <see cref="Solve"/>, and says whether there is a perfect matching without a forbidden pair.</summary>
    internal static bool TrySolve(ReadOnlySpan<double> gains, int n, Span<int> columnOfRow)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        if (gains.Length != (long)n * n)
            throw new ArgumentException($"The length of gains is {gains.Length}; it must be n² = {(long)n * n}.", nameof(gains));
        if (columnOfRow.Length != n)
            throw new ArgumentException($"The length of columnOfRow is {columnOfRow.Length}; it must be n = {n}.", nameof(columnOfRow));
        var scale = Largest(gains, n) > LargestUnscaled ? ScaleOfLarge : 1;
        using var numbers = new ScratchArray<double>(2L * n);
        using var indices = new ScratchArray<int>(3L * n);
        var paths = new AugmentingPaths(gains, scale, numbers.Span, indices.Span, columnOfRow);
        if (!paths.MatchGreedily()) return false;
        for (var row = 0; row < n; row++)
            if (columnOfRow[row] == AugmentingPaths.None && !paths.Augment(row)) return false;
        return true;
    }

    /// <summary>The largest finite gain by magnitude, all of them checked.</summary>
    private static double Largest(ReadOnlySpan<double> gains, int n)
    {
        double largest = 0;
        for (var k = 0; k < gains.Length; k++)
        {
            var magnitude = Math.Abs(gains[k]);
            if (magnitude <= double.MaxValue) largest = Math.Max(largest, magnitude);
            else if (!double.IsNegativeInfinity(gains[k]))
                throw new ArgumentException($"gains must be finite or -∞; that of row {k / n} and column {k % n} is {gains[k]}.", nameof(gains));
        }

        return largest;
    }
}
