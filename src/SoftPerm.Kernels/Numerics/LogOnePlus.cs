namespace SoftPerm.Kernels.Numerics;

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
