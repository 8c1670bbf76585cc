using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Permutahedron;

/// <summary>What a projection onto the permutahedron computes.</summary>
/// <param name="IsSort">Softly sorted keys, instead of what belongs to each item.</param>
/// <param name="Chosen">k, for the choice of the k largest keys; 0 for ranks, the largest key having the largest.</param>
internal readonly record struct ProjectionTarget(bool IsSort, int Chosen)
{
    /// <summary>Softly sorted keys, by place.</summary>
    public static ProjectionTarget Sort => new(true, 0);

    /// <summary>Ranks, by item.</summary>
    public static ProjectionTarget Rank => new(false, 0);

    /// <summary>How much each item belongs to the first k, by item.</summary>
    public static ProjectionTarget TopK(int k) => new(false, k);

    /// <summary>What the item at a place has in the limit of low temperature.</summary>
    /// <param name="place">The place.</param>
    /// <param name="behind">How many items come behind it.</param>
    public double Anchor(int place, int behind) => Chosen == 0 ? behind : place < Chosen ? 1 : 0;
}

/// <summary>The projection of z onto the permutahedron of w, both falling: pool adjacent violators.</summary>
/// <remarks>
/// <c>y = z - v</c>, where v falls and is closest to z - w. Within a block of pooled neighbours <c>v = mean z - mean w</c>, so that
/// <c>y[i] = z[i] - mean z + mean w</c>. <b>Source.</b> Blondel et al. 2020, Proposition 3 and 4.
/// </remarks>
internal static class Projection<TRegularization>
    where TRegularization : struct, IRegularization
{
    /// <summary>Finds the blocks.</summary>
    /// <param name="z">z, falling.</param>
    /// <param name="w">w, falling.</param>
    /// <param name="ends">Receives, at the first place of each block, the place behind its last.</param>
    /// <param name="scratch">Scratch of three numbers a place.</param>
    public static void Pool(ReadOnlySpan<double> z, ReadOnlySpan<double> w, Span<int> ends, Span<double> scratch)
    {
        // A stack of blocks: where each begins, its sums of z and w, and its v.
        Span<double> ofZ = scratch[..z.Length], ofW = scratch.Slice(z.Length, z.Length), levels = scratch.Slice(2 * z.Length, z.Length);
        w = w[..z.Length];
        var top = -1;
        var levelBelow = double.PositiveInfinity;
        for (var i = 0; i < z.Length; i++)
        {
            var (first, sumZ, sumW, level) = (i, z[i], w[i], z[i] - w[i]);
            while (level > levelBelow)
            {
                int before = first - ends[top], own = i + 1 - first;
                (sumZ, sumW) = (TRegularization.Join(ofZ[top], before, sumZ, own), TRegularization.Join(ofW[top], before, sumW, own));
                first = ends[top];
                level = TRegularization.MeanDifference(sumZ, sumW, i + 1 - first);
                levelBelow = --top < 0 ? double.PositiveInfinity : levels[top];
            }

            // ends holds the first places of the stack while it grows: the stack is never longer than what was read.
            (ends[++top], ofZ[top], ofW[top], levels[top]) = (first, sumZ, sumW, level);
            levelBelow = level;
        }

        // From the last block on: its end goes where it begins, which no block further down uses.
        for (var end = z.Length; top >= 0; top--)
        {
            var first = ends[top];
            ends[first] = end;
            end = first;
        }
    }

    /// <summary>Makes one block of those that equal keys divide, unless all of these are places of their own in one and the same w.</summary>
    /// <remarks>Equal keys have equal y, so that such a division is a tie of levels, which a rounding may have hidden.</remarks>
    /// <param name="keys">What z is made of.</param>
    /// <param name="w">w, falling.</param>
    /// <param name="ends">The blocks, as of <see cref="Pool"/>.</param>
    public static void JoinEqual(ReadOnlySpan<double> keys, ReadOnlySpan<double> w, Span<int> ends)
    {
        for (int first = 0, end; first < keys.Length; first = end)
        {
            end = ends[first];
            if (end == keys.Length || keys[end] != keys[end - 1]) continue;
            var isOne = end > first + 1;
            for (; end < keys.Length && keys[end] == keys[end - 1]; end = ends[end]) isOne |= w[end] != w[end - 1] || ends[end] > end + 1;
            if (isOne) ends[first] = end;
        }
    }

    /// <summary>The mean of a block.</summary>
    public static double Mean(ReadOnlySpan<double> block)
    {
        var sum = block[0];
        for (var i = 1; i < block.Length; i++) sum = TRegularization.Join(sum, i, block[i], 1);
        return TRegularization.Mean(sum, block.Length);
    }
}

/// <summary>What a projection onto the permutahedron minimizes, as far as blocks of pooled neighbours are concerned.</summary>
/// <remarks>All of it follows from the mean of a block: of numbers, or of their exponentials.</remarks>
internal interface IRegularization
{
    /// <summary>What is kept of two blocks together: the sum, or the mean itself where a sum would lose digits.</summary>
    static abstract double Join(double left, int leftCount, double right, int rightCount);

    /// <summary>The mean of a block of which this is kept.</summary>
    static abstract double Mean(double kept, int count);

    /// <summary>The mean of one block less that of another as long.</summary>
    static abstract double MeanDifference(double kept, double other, int count);

    /// <summary>Whether all numbers of a block weigh the same in the gradient of its mean.</summary>
    static abstract bool HasEqualWeights { get; }

    /// <summary>The weight of a number in the gradient of its block's mean, given the mean, times the numbers in the block.</summary>
    static abstract double Weight(double value, double mean);
}

/// <summary>Squares: the mean is the arithmetic one.</summary>
internal readonly struct Quadratic : IRegularization
{
    public static double Join(double left, int leftCount, double right, int rightCount) => left + right;

    public static double Mean(double kept, int count) => kept / count;

    public static double MeanDifference(double kept, double other, int count) => (kept - other) / count;

    public static bool HasEqualWeights => true;

    public static double Weight(double value, double mean) => 1;
}

/// <summary>Entropy: the mean is the logarithm of the mean of exponentials.</summary>
/// <remarks>Of numbers far smaller than 1 it is their arithmetic mean, up to their squares: what is added to the largest keeps its digits.</remarks>
internal readonly struct Entropic : IRegularization
{
    public static double Join(double left, int leftCount, double right, int rightCount)
    {
        double share = (double)(left > right ? rightCount : leftCount) / (leftCount + rightCount), distance = Math.Abs(left - right);
        return Math.Max(left, right) + (distance > 0.25 ? Math.Log(1 + share * (Math.Exp(-distance) - 1)) : LogOnePlus.Of(share * ExpMinusOne.Of(-distance)));
    }

    public static double Mean(double kept, int count) => kept;

    public static double MeanDifference(double kept, double other, int count) => kept - other;

    public static bool HasEqualWeights => false;

    public static double Weight(double value, double mean) => Math.Exp(value - mean);
}
