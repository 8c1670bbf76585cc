namespace SoftPerm.Kernels.Numerics;

/// <summary>A number as the unevaluated sum of two doubles: some 32 digits.</summary>
/// <param name="High">The double nearest to the number.</param>
/// <param name="Low">What it lacks.</param>
internal readonly record struct DoubleDouble(double High, double Low)
{
    /// <summary>The nearest double.</summary>
    public double Value => High + Low;

    public static DoubleDouble operator +(DoubleDouble left, DoubleDouble right)
    {
        var sum = TwoSum(left.High, right.High);
        return FastTwoSum(sum.High, sum.Low + left.Low + right.Low);
    }

    public static DoubleDouble operator -(DoubleDouble left, DoubleDouble right) => left + new DoubleDouble(-right.High, -right.Low);

    public static DoubleDouble operator *(DoubleDouble left, double right)
    {
        var product = TwoProduct(left.High, right);
        return FastTwoSum(product.High, product.Low + left.Low * right);
    }

    /// <summary>The exact product of two doubles.</summary>
    public static DoubleDouble TwoProduct(double left, double right)
    {
        var product = left * right;
        return new DoubleDouble(product, Math.FusedMultiplyAdd(left, right, -product));
    }

    // Knuth's branch-free exact sum.
    private static DoubleDouble TwoSum(double left, double right)
    {
        var sum = left + right;
        var taken = sum - left;
        return new DoubleDouble(sum, (left - (sum - taken)) + (right - taken));
    }

    private static DoubleDouble FastTwoSum(double large, double small)
    {
        var sum = large + small;
        return new DoubleDouble(sum, small - (sum - large));
    }
}
