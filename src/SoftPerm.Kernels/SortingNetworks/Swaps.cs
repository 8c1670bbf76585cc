namespace SoftPerm.Kernels.SortingNetworks;

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
