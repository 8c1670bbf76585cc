namespace SoftPerm.Kernels.Tests;

/// <summary>How far off numbers may be, and why. Relative to what the comparison says, unless it is called absolute.</summary>
internal static class Tolerances
{
    /// <summary>Half a unit in the last place of 1.</summary>
    public static readonly double DoubleRoundoff = Math.ScaleB(1, -53), FloatRoundoff = Math.ScaleB(1, -24);

    // 1. Kernels against definitions.

    /// <summary>What NeuralSort's kernels are asked to leave out of a row at most, as the tensor layer and <see cref="SortKernel"/> ask it: below what a result
    /// of the type can show.</summary>
    public static double NeuralSort<T>()
        where T : unmanaged => IsFloat<T>() ? 1e-8 : 1e-13;

    /// <summary>What NeuralSort promises of any scores, of the range of the values: see <see cref="NeuralSort.ApplyCheck"/>.</summary>
    public static double Result<T>()
        where T : unmanaged => IsFloat<T>() ? FloatResult : 1e-10;

    /// <summary>Results and gradients of values against definitions. Floats are computed as doubles and rounded once. Of doubles, NeuralSort's rows may miss
    /// 1e-13 of their mass, and its definition rounds logits of n·|s|/τ ≈ 257·100/0.1, which was seen to leave 5e-12.</summary>
    public static double Definition<T>()
        where T : unmanaged => IsFloat<T>() ? 2 * FloatRoundoff : 2e-11;

    /// <summary>Gradients of scores along a direction, of the sizes of their terms; 2e-12 was seen.</summary>
    public static double ScoreGradient<T>()
        where T : unmanaged => IsFloat<T>() ? 2 * FloatRoundoff : 1e-11;

    /// <summary>Gradients of temperatures, doubles in any case: sums over gaps of what crosses them, themselves sums; 1e-11 was seen. In floats NeuralSort's rows may
    /// miss 1e-8 of their mass.</summary>
    public static double TemperatureGradient<T>()
        where T : unmanaged => IsFloat<T>() ? 1e-8 : 1e-10;

    /// <summary>Of the sum of all fluxes, where a temperature gradient is made of them: each row's error is carried past all places.</summary>
    public const double Flux = 1e-6;

    /// <summary>A gradient added twice, against twice the gradient: at most four sums are added each time, each rounded.</summary>
    public static double Repetition<T>()
        where T : unmanaged => 8 * Roundoff<T>();

    /// <summary>Of the type that holds the result.</summary>
    public static double Roundoff<T>()
        where T : unmanaged => IsFloat<T>() ? FloatRoundoff : DoubleRoundoff;

    /// <summary>Vectors against plain arithmetic: both round differently and end their windows at different columns, each within 1e-13 of the row. Gradients of
    /// temperatures add up what those of scores lose over all gaps that mass crosses.</summary>
    public const double Widths = 1e-12, WidthsOfSlopes = 1e-8;

    /// <summary>log P of a far order by hand, less terms of exp(-20) = 2e-9.</summary>
    public const double FarOrder = 1e-8;

    /// <summary>Short lists against one list after the other: both count from the same score in the middle, as far off as 1e6, at which doubles are rounded by
    /// 1e-10; floats are rounded once.</summary>
    public static double ShortLists<T>()
        where T : unmanaged => IsFloat<T>() ? FloatResult : 1e-9;

    /// <summary>P applied to unit columns against the matrix: rows of 40 entries that may each miss 1e-13.</summary>
    public const double Matrix = 1e-12, RowSum = 1e-11;

    /// <summary>exp(log P) against P: exp magnifies the rounding of its argument by its size, here below 100; and what underflows.</summary>
    public const double ExpOfLog = 1e-11, Underflow = 1e-300;

    /// <summary>Projections of a few numbers of order 1 by both kernels, relative and absolute: some hundred roundings.</summary>
    public const double SameProjection = 1e-12, SameProjectionFloor = 1e-13;

    // 2. Differences.

    /// <summary>Central differences: the step; what is left of third derivatives, h² ≈ 1e-12 times what τ makes of them, and of roundings, 1e-16/h = 1e-10.</summary>
    public const double Step = 1e-6, CentralDifference = 1e-6;

    /// <summary>The same where a kernel's own tolerance of 1e-13 is divided by the step, and for losses of some hundred terms.</summary>
    public const double KernelDifference = 1e-5, KernelDifferenceFloor = 1e-7;

    /// <summary>For losses of a few terms of order 1.</summary>
    public const double DifferenceFloor = 1e-8;

    // 3. Parts of kernels.

    /// <summary>exp in vectors: what it promises. The series to r^11 leaves 7e-15.</summary>
    public const double VectorExp = 1e-14;

    /// <summary>exp(x) - 1 below 0.01: six terms of its series leave x⁶/5040, nothing, and are rounded some ten times.</summary>
    public const double ExpSeries = 1e-14;

    /// <summary>exp(x) - 1 from both halves: some ten roundings on each side.</summary>
    public const double ExpHalves = 1e-13;

    /// <summary>Σ Φ at a threshold, absolute: depths of a million are rounded at 1e-10, between scores as near as that to each other.</summary>
    public const double ThresholdSum = 1e-8;

    /// <summary>Σ φ / Σ φ at a threshold: 41 terms.</summary>
    public const double DensitySum = 1e-13;

    /// <summary>Totals of up to 6 gains, of the largest; and, absolute, of exchanges of 150 gains of order 1.</summary>
    public const double Assignment = 1e-14, Exchange = 1e-12;

    /// <summary>A reference computed in another way by a handful of roundings, or by some twenty.</summary>
    public const double FewRoundings = 1e-15, TwentyRoundings = 1e-14;

    private const double FloatResult = 1e-6;

    private static bool IsFloat<T>() => typeof(T) == typeof(float);
}
