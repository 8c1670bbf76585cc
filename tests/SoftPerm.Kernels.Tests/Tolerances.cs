using System.Numerics;

namespace SoftPerm.Kernels.Tests;

/// <summary>How far off numbers may be, and why.</summary>
internal static class Tolerances
{
    /// <summary>Half a unit in the last place of 1, for the type that holds the result.</summary>
    public static double Roundoff<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => typeof(T) == typeof(float) ? FloatRoundoff : DoubleRoundoff;

    /// <summary>What NeuralSort's kernels may leave out of a row, relative to its total: as the tensor layer asks them.</summary>
    public static double NeuralSort<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => typeof(T) == typeof(float) ? 1e-8 : 1e-13;

    /// <summary>A gradient added twice, against twice the gradient: at most four sums are added each time, each rounded.</summary>
    public static double Repetition<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => 8 * Roundoff<T>();

    public static double Result<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => typeof(T) == typeof(float) ? 1e-6 : 1e-10;

    public static double ScoreGradient<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => typeof(T) == typeof(float) ? 1e-6 : 1e-9;

    public static double TemperatureGradient<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => typeof(T) == typeof(float) ? 1e-5 : 1e-8;

    public static readonly double DoubleRoundoff = Math.ScaleB(1, -53);

    public static readonly double FloatRoundoff = Math.ScaleB(1, -24);
}
