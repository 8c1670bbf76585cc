namespace SoftPerm.Kernels.Permutahedron;

/// <summary>What a projection onto the permutahedron minimizes, as far as blocks of pooled neighbours are concerned.</summary>
/// <remarks>All of it follows from the mean of a block: of numbers, or of their exponentials.</remarks>
internal interface IRegularization
{
    /// <summary>The sum, in the sense of this mean, of two blocks.</summary>
    static abstract double Join(double left, double right);

    /// <summary>The mean of a block of some sum.</summary>
    static abstract double Mean(double sum, int count);

    /// <summary>The mean of one block less that of another as long.</summary>
    static abstract double MeanDifference(double sum, double other, int count);

    /// <summary>Whether all numbers of a block weigh the same in the gradient of its mean.</summary>
    static abstract bool HasEqualWeights { get; }

    /// <summary>The weight of a number in the gradient of its block's mean, given the mean, times the numbers in the block.</summary>
    static abstract double Weight(double value, double mean);
}

/// <summary>Squares: the mean is the arithmetic one.</summary>
internal readonly struct Quadratic : IRegularization
{
    public static double Join(double left, double right) => left + right;

    public static double Mean(double sum, int count) => sum / count;

    public static double MeanDifference(double sum, double other, int count) => (sum - other) / count;

    public static bool HasEqualWeights => true;

    public static double Weight(double value, double mean) => 1;
}

/// <summary>Entropy: the mean is the logarithm of the mean of exponentials; the sum, that of the sum.</summary>
internal readonly struct Entropic : IRegularization
{
    public static double Join(double left, double right) =>
        left > right ? left + double.LogP1(Math.Exp(right - left)) : right + double.LogP1(Math.Exp(left - right));

    public static double Mean(double sum, int count) => sum - Math.Log(count);

    public static double MeanDifference(double sum, double other, int count) => sum - other;

    public static bool HasEqualWeights => false;

    public static double Weight(double value, double mean) => Math.Exp(value - mean);
}
