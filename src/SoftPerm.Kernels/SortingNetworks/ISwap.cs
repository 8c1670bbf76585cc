namespace SoftPerm.Kernels.SortingNetworks;

/// <summary>A swap function f: how much of the larger of two scores goes to the upper wire. f(-x) = 1 - f(x).</summary>
internal interface ISwap
{
    /// <summary>1 - f(x) for x ≥ 0: ½ at 0, accurate relatively.</summary>
    static abstract double Tail(double x);

    /// <summary>f'(x) for x ≥ 0, given f(x) (1 - f(x)).</summary>
    static abstract double Slope(double x, double product);
}
