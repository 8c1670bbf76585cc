namespace SoftPerm.Kernels.SortingNetworks;

/// <summary>f, by which the items of a sorting network change places: f(x) = 1 - f(-x) rises from 0 to 1.</summary>
public enum NetworkSwap
{
    /// <summary><c>½ + arctan(x) / π</c>. Monotonic: no sorted score falls as some score rises.</summary>
    Cauchy,

    /// <summary><c>½ + x / (1 + 2 |x|)</c>. Monotonic.</summary>
    Reciprocal,

    /// <summary><c>½ + x</c> up to |x| = ¼, from there <c>1 - 1 / (16 x)</c>, and its mirror image below. Monotonic, and nearest to
    /// an exact swap among functions of its slope.</summary>
    Optimal,

    /// <summary><c>1 / (1 + exp(-x))</c>.</summary>
    Logistic,

    /// <summary>The logistic function of <c>x / |x|^¼</c>, which draws scores away from ties; the infinite slope there counts as 0.</summary>
    LogisticWithReplacement,

    /// <summary>The distribution function of the normal distribution.</summary>
    Gaussian,
}

/// <summary>A swap function f: how much of the larger of two scores goes to the upper wire. f(-x) = 1 - f(x).</summary>
internal interface ISwap
{
    /// <summary>1 - f(x) for x ≥ 0: ½ at 0, accurate relatively.</summary>
    static abstract double Tail(double x);

    /// <summary>f'(x) for x ≥ 0, given f(x) (1 - f(x)).</summary>
    static abstract double Slope(double x, double product);
}

/// <summary><c>f(x) = 1 / (1 + exp(-x))</c>.</summary>
internal readonly struct LogisticSwap : ISwap
{
    public static double Tail(double x) => 1 / (1 + Math.Exp(x));

    public static double Slope(double x, double product) => product;
}

/// <summary><c>f(x) = 1 / (1 + exp(-φ(x)))</c> with <c>φ(x) = x / |x|^¼</c>, whose infinite slope at 0 counts as 0.</summary>
internal readonly struct ReplacedLogisticSwap : ISwap
{
    public static double Tail(double x) => 1 / (1 + Math.Exp(Math.Sqrt(x) * Math.Sqrt(Math.Sqrt(x))));

    public static double Slope(double x, double product) => x > 0 ? product * 0.75 / Math.Sqrt(Math.Sqrt(x)) : 0;
}

/// <summary><c>f(x) = ½ + arctan(x) / π</c>.</summary>
internal readonly struct CauchySwap : ISwap
{
    public static double Tail(double x) => x < 1 ? 0.5 - Math.Atan(x) / Math.PI : Math.Atan(1 / x) / Math.PI;

    public static double Slope(double x, double product) => 1 / (Math.PI * (1 + x * x));
}

/// <summary><c>f(x) = ½ + x / (1 + 2 |x|)</c>.</summary>
internal readonly struct ReciprocalSwap : ISwap
{
    public static double Tail(double x) => 0.5 / (1 + 2 * x);

    public static double Slope(double x, double product) => 1 / ((1 + 2 * x) * (1 + 2 * x));
}

/// <summary>The distribution function of the normal distribution.</summary>
internal readonly struct GaussianSwap : ISwap
{
    private const double Peak = 0.3989422804014327; // 1 / √(2π)

    public static double Tail(double x) => NormalTail.At(x);

    public static double Slope(double x, double product) => Peak * Math.Exp(-0.5 * x * x);
}

/// <summary><c>f(x) = ½ + x</c> up to |x| = ¼, from there <c>1 - 1 / (16 x)</c> and its mirror image.</summary>
internal readonly struct OptimalSwap : ISwap
{
    public static double Tail(double x) => x > 0.25 ? 1 / (16 * x) : 0.5 - x;

    public static double Slope(double x, double product) => x > 0.25 ? 1 / (16 * x * x) : 1;
}

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
