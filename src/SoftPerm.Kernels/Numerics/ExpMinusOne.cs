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
