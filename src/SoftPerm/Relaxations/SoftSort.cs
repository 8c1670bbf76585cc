using System.Numerics;
using SoftPerm.Autograd;
using SoftPerm.Kernels.SoftSort;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>SoftSort: relaxes the permutation that sorts scores to rows that fall off with the distance from the score at their place.</summary>
/// <remarks>
/// <para><b>Definition.</b> With t the scores sorted, largest first, <c>P[i,j] = softmax_j(-|t[i] - s[j]|^p / τ)</c>, p the power.</para>
/// <para><b>Properties.</b> Rows sum to 1, columns need not; rows are unimodal. The row-wise argmax is the sort, at every temperature.
/// P(s + c) = P(s). τ → 0 gives the exact permutation where no scores are equal, τ → ∞ the uniform matrix. The mixture of the scores
/// themselves, P s, falls from place to place with power 2.</para>
/// <para><b>Gradient.</b> In the scores, the temperature and the values. At ties, where |t[i] - s[j]| has a kink, sign(0) = 0, and
/// equal scores share alike what goes to the t[i] at their places: gradients do not depend on the order in which they are given. Second
/// derivatives need <see cref="TwiceDifferentiable"/>. Values must not be changed in place before the backward pass: on the CPU that is not
/// detected.</para>
/// <para><b>Numerics.</b> Distances are sums of gaps between sorted neighbours, so that an offset of the scores costs no accuracy. A NaN
/// score makes its own batch row NaN and no other. Infinite scores take the limit: +∞ first, -∞ last, each alone in its place; where
/// several share a sign their rows are NaN. Sums are computed in double precision.</para>
/// <para><b>Cost.</b> On the CPU, O(n log n) time for the sort and O(n) for every operator and its gradient, O(n) memory: two scans for
/// power 1, a fast Gauss transform for power 2; n² for <see cref="RelaxedPermutation.Matrix"/> alone. On other devices, and if
/// <see cref="TwiceDifferentiable"/>, O(n²) time.</para>
/// <para><b>Source.</b> Prillo and Eisenschlos, ICML 2020, Eq. 3; derivation in docs/math/soft-sort.md.</para>
/// </remarks>
public sealed class SoftSort : IRelaxation
{
    private readonly Temperature temperature;

    /// <summary>SoftSort at a fixed temperature.</summary>
    /// <param name="temperature">τ, positive and finite, in units of the scores to the power.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public SoftSort(double temperature, bool descending = true) => (this.temperature, Descending) = (new Temperature(temperature), descending);

    /// <summary>SoftSort at a temperature held in a tensor, which may be learned.</summary>
    /// <param name="temperature">τ, positive and finite: a single number or one for each batch row, broadcasting to the batch
    /// shape [...] of the scores. Stays the caller's; read anew at each <see cref="Relax"/>.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    public SoftSort(Tensor temperature, bool descending = true) => (this.temperature, Descending) = (new Temperature(temperature), descending);

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
    public bool Descending { get; }

    /// <summary>Whether second derivatives are wanted: composes tensor operations, in O(n²), instead of using kernels.</summary>
    public bool TwiceDifferentiable { get; init; }

    /// <inheritdoc/>
    public RelaxedPermutation Relax(Tensor scores, Tensor? mask = null)
    {
        Check.Scores(scores, nameof(scores));
        if (mask is not null) Check.Mask(mask, scores, nameof(mask));
        temperature.CheckFor(scores);
        using var scope = new CallScope(this, scores, mask);
        var temperatures = temperature.For(scores);
        var unit = Power == 1 ? temperatures : temperatures.sqrt(); // what distances are measured in
        if (scores.device.type != DeviceType.CPU || TwiceDifferentiable) return Compose(scores, unit, mask).MoveToOuterDisposeScope();
        return scores.dtype == float32 ? InKernels<float>(scores, unit, mask) : InKernels<double>(scores, unit, mask);
    }

    private RowwisePermutation Compose(Tensor scores, Tensor unit, Tensor? mask) =>
        RowwisePermutation.Of(scores, mask, Descending, sorted => new SoftSortRows(sorted, unit, Power, scores.dtype));

    private KernelPermutation<T> InKernels<T>(Tensor scores, Tensor unit, Tensor? mask)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new OperatorPermutation<T>(scores, unit, mask, Descending, CreateOperators<T>, Compose).MoveToOuterDisposeScope();

    private SoftSortOperators<T> CreateOperators<T>(SortedItems sorted, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(sorted, Power, threads);
}
