namespace SoftPerm.Kernels.Numerics;

/// <summary>exp(x) - 1 with the relative accuracy of exp: <see cref="double.ExpM1"/> is rounded near 0.</summary>
internal static class ExpMinusOne
{
    private const double Plain = 40; // from here on 1 is lost in exp(x)

    /// <remarks>The error of u = exp(x) cancels in (u - 1) / log u, which is smooth around u = 1.</remarks>
    public static double Of(double x)
    {
        var u = Math.Exp(x);
        if (u == 1) return x;
        return Math.Abs(x) > Plain ? u - 1 : (u - 1) * (x / Math.Log(u));
    }
}

/// <summary>log(1 + x) with the relative accuracy of the logarithm: <see cref="double.LogP1"/> is rounded near 0.</summary>
internal static class LogOnePlus
{
    /// <remarks>The rounding of u = 1 + x cancels in log u / (u - 1), which is smooth around u = 1.</remarks>
    public static double Of(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : Math.Log(u) * (x / (u - 1));
    }
}
