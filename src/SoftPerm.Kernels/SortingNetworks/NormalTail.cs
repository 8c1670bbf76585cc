namespace SoftPerm.Kernels.SortingNetworks;

/// <summary>The probability that a normal number exceeds some x ≥ 0.</summary>
internal static class NormalTail
{
    private const double Peak = 0.3989422804014327; // 1 / √(2π)
    private const double Far = 3; // where the fraction takes over: half less the series has lost three digits there
    private const int Depth = 100; // of the fraction; at 3, the next term changes nothing

    /// <summary>½ less a series below 3, a continued fraction above; within 3e-13 relatively.</summary>
    /// <remarks><b>Source.</b> Abramowitz and Stegun 1964, 26.2.11 and 26.2.14.</remarks>
    public static double At(double x)
    {
        var density = Peak * Math.Exp(-0.5 * x * x);
        return x < Far ? 0.5 - density * Series(x) : density / Fraction(x);
    }

    /// <summary>x + x³/3 + x⁵/(3·5) + …</summary>
    private static double Series(double x)
    {
        double term = x, sum = x;
        for (var k = 3; term > 1e-17 * sum; k += 2) sum += term *= x * x / k;
        return sum;
    }

    /// <summary>x + 1/(x + 2/(x + 3/(x + …</summary>
    private static double Fraction(double x)
    {
        var value = x;
        for (var k = Depth; k > 0; k--) value = x + k / value;
        return value;
    }
}
