using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Permutahedron;

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
