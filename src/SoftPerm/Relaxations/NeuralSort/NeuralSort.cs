using System.Numerics;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Relaxations;

namespace SoftPerm;

/// <summary>NeuralSort: relaxes the permutation that sorts scores to a unimodal row-stochastic matrix.</summary>
/// <remarks>
/// <para><b>Definition</b> (i, j, k from 1): <c>P[i,j] = softmax_j(((n+1-2i)·s[j] - Σ_k |s[j]-s[k]|) / τ)</c></para>
/// <para><b>Properties.</b> Rows sum to 1, columns need not. The row-wise argmax is the sort, at every temperature.
/// P(s + c) = P(s). τ → 0 gives the exact permutation, τ → ∞ the uniform matrix.</para>
/// <para><b>Gradient.</b> In the scores, the temperature and the values. At ties, where |s[j]-s[k]| has a kink, sign(0) = 0.
/// Second derivatives need <see cref="Relaxation.TwiceDifferentiable"/>. Values must not be changed in place before the backward pass: on the
/// CPU that is not detected.</para>
/// <para><b>Numerics.</b> Logits are summed as non-negative gaps between sorted neighbours, outward from each row, so no
/// difference of large numbers is taken at any n, offset or range. A NaN score makes its own batch row NaN and no other.
/// Infinite scores take the limit: +∞ first, -∞ last, each alone in its place; where several share a sign their order has no
/// limit, and their rows are NaN. Gradients are made of products with the values applied to, and finite where these are below 1e150 in size.</para>
/// <para>On the CPU, columns of a row that together hold less than <see cref="Tolerance"/> are left out, and blocks of rows share
/// a series whose remainder is bounded by it.</para>
/// <para><b>Cost.</b> On the CPU, O(n log n) time and O(n) memory for every operator and its gradient (O(n log² n) in the worst
/// case, windows that reach far over on many scales), n² for <see cref="RelaxedPermutation.Matrix"/>
/// alone. On other devices, and if <see cref="Relaxation.TwiceDifferentiable"/>, rows cost O(n) each: O(n²) time, and a graph keeps all rows it used.</para>
/// <para><b>Source.</b> Grover, Wang, Zweig, Ermon, ICLR 2019, Eq. 5; derivation in docs/math/neural-sort.md.</para>
/// </remarks>
public sealed class NeuralSort : Relaxation
{
    /// <summary>NeuralSort at a temperature.</summary>
    /// <param name="temperature">τ: a number, a tensor or a <see cref="LearnedTemperature"/>; in units of the scores.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public NeuralSort(Temperature temperature, bool descending = true) : base(temperature, descending)
    {
    }

    /// <summary>ε: the mass of a row that its window may leave out, and again what a series may; null for 1e-8 with float32 and 1e-13
    /// with float64.</summary>
    /// <remarks>Time hardly depends on it: the columns and terms needed grow with log(1/ε).</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The tolerance is not in [1e-16, 0.01].</exception>
    public double? Tolerance
    {
        get;
        init
        {
            if (value is { } given && !(given >= 1e-16 && given <= 0.01))
                throw new ArgumentOutOfRangeException(nameof(value), given, "Tolerance must be in [1e-16, 0.01].");
            field = value;
        }
    }

    /// <inheritdoc/>
    public override RelaxationProperties Properties => CommonProperties.Sorting;

    /// <summary>What the catalog knows of it.</summary>
    public static KnownRelaxation Known { get; } = new("neural-sort", "NeuralSort", "Grover et al. 2019", temperatureUnit: "s",
        (temperature, descending) => new NeuralSort(temperature, descending),
        (deviation, _) => deviation)
    {
        CreateComposed = (temperature, descending) => new NeuralSort(temperature, descending) { TwiceDifferentiable = true },
    };

    private protected override KernelFactory<T> Kernels<T>() => KernelsOf<T>(Tolerance);

    private protected override PermutationEngine Compose(Tensor scores, Tensor temperatures, Tensor? mask) => Rows(scores, temperatures, mask, Descending);

    /// <summary>The kernels, of the default tolerance where none is given.</summary>
    internal static KernelFactory<T> KernelsOf<T>(double? tolerance = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var settings = new KernelSettings(tolerance ?? (typeof(T) == typeof(float) ? 1e-8 : 1e-13), SimdWidths.InUse, get_num_threads());
        return (sorted, _) => new NeuralSortOperators<T>(sorted, settings);
    }

    /// <summary>The permutation in tensor operations.</summary>
    internal static PermutationEngine Rows(Tensor scores, Tensor temperatures, Tensor? mask, bool descending) =>
        new RowsEngine(scores, mask, descending, sorted => new NeuralSortRows(sorted, temperatures, scores.dtype));
}
