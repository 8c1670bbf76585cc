using SoftPerm.Kernels.SoftSort;
using SoftPerm.Relaxations;

namespace SoftPerm;

/// <summary>SoftSort: relaxes the permutation that sorts scores to rows that fall off with the distance from the score at their place.</summary>
/// <remarks>
/// <para><b>Definition.</b> With t the scores sorted, largest first, <c>P[i,j] = softmax_j(-|t[i] - s[j]|^p / τ)</c>, p the power.</para>
/// <para><b>Properties.</b> Rows sum to 1, columns need not; rows are unimodal. The row-wise argmax is the sort, at every temperature.
/// P(s + c) = P(s). τ → 0 gives the exact permutation where no scores are equal, τ → ∞ the uniform matrix. The mixture of the scores
/// themselves, P s, falls from place to place with power 2.</para>
/// <para><b>Gradient.</b> In the scores, the temperature and the values. At ties, where |t[i] - s[j]| has a kink, sign(0) = 0, and
/// equal scores share alike what goes to the t[i] at their places: gradients do not depend on the order in which they are given. Second
/// derivatives need <see cref="Relaxation.TwiceDifferentiable"/>. Values must not be changed in place before the backward pass: on the CPU that is not
/// detected.</para>
/// <para><b>Numerics.</b> Distances are sums of gaps between sorted neighbours, so that an offset of the scores costs no accuracy. A NaN
/// score makes its own batch row NaN and no other. Infinite scores take the limit: +∞ first, -∞ last, each alone in its place; where
/// several share a sign their rows are NaN. Sums are computed in double precision.</para>
/// <para><b>Cost.</b> On the CPU, O(n log n) time for the sort and O(n) for every operator and its gradient, O(n) memory: two scans for
/// power 1, a fast Gauss transform for power 2; n² for <see cref="RelaxedPermutation.Matrix"/> alone. On other devices, and if
/// <see cref="Relaxation.TwiceDifferentiable"/>, O(n²) time.</para>
/// <para><b>Source.</b> Prillo and Eisenschlos, ICML 2020, Eq. 3; derivation in docs/math/soft-sort.md.</para>
/// </remarks>
public sealed class SoftSort : Relaxation
{
    /// <summary>SoftSort at a temperature.</summary>
    /// <param name="temperature">τ: a number, a tensor or a <see cref="LearnedTemperature"/>; in units of the scores to the power.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public SoftSort(Temperature temperature, bool descending = true) : base(temperature, descending)
    {
    }

    /// <summary>p, the power of the distance: 1 (as given, with a kink at ties) or 2 (smooth).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The power is neither 1 nor 2.</exception>
    public int Power
    {
        get;
        init
        {
            if (value is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(value), value, "Power must be 1 or 2.");
            field = value;
        }
    } = 1;

    /// <inheritdoc/>
    public override RelaxationProperties Properties => CommonProperties.Sorting;

    /// <summary>What the catalog knows of power 1.</summary>
    public static KnownRelaxation Known { get; } = new("soft-sort", "SoftSort, power 1", "Prillo and Eisenschlos 2020", temperatureUnit: "s",
        (temperature, descending) => new SoftSort(temperature, descending),
        (deviation, items) => deviation / items.sqrt())
    {
        CreateComposed = (temperature, descending) => new SoftSort(temperature, descending) { TwiceDifferentiable = true },
    };

    /// <summary>What the catalog knows of power 2.</summary>
    public static KnownRelaxation KnownSquared { get; } = new("soft-sort-squared", "SoftSort, power 2", "Prillo and Eisenschlos 2020", temperatureUnit: "s²",
        (temperature, descending) => new SoftSort(temperature, descending) { Power = 2 },
        (deviation, items) => deviation.Squared() / items)
    {
        CreateComposed = (temperature, descending) => new SoftSort(temperature, descending) { Power = 2, TwiceDifferentiable = true },
        MayLeaveRange = true,
    };

    private protected override Tensor UnitOf(Tensor temperatures) => Power == 1 ? temperatures : temperatures.sqrt();

    private protected override KernelFactory<T> Kernels<T>()
    {
        var threads = get_num_threads();
        return (sorted, _) => new SoftSortOperators<T>(sorted, Power, threads);
    }

    private protected override PermutationEngine Compose(Tensor scores, Tensor temperatures, Tensor? mask) =>
        new RowsEngine(scores, mask, Descending, sorted => new SoftSortRows(sorted, temperatures, Power, scores.dtype));
}
