using System.Numerics;
using SoftPerm.Autograd;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>NeuralSort: relaxes the permutation that sorts scores to a unimodal row-stochastic matrix.</summary>
/// <remarks>
/// <para><b>Definition</b> (i, j, k from 1): <c>P[i,j] = softmax_j(((n+1-2i)·s[j] - Σ_k |s[j]-s[k]|) / τ)</c></para>
/// <para><b>Properties.</b> Rows sum to 1, columns need not. The row-wise argmax is the sort, at every temperature.
/// P(s + c) = P(s). τ → 0 gives the exact permutation, τ → ∞ the uniform matrix.</para>
/// <para><b>Gradient.</b> In the scores, the temperature and the values. At ties, where |s[j]-s[k]| has a kink, sign(0) = 0.
/// Second derivatives need <see cref="TwiceDifferentiable"/>. Values must not be changed in place before the backward pass: on the
/// CPU that is not detected.</para>
/// <para><b>Numerics.</b> Logits are summed as non-negative gaps between sorted neighbours, outward from each row, so no
/// difference of large numbers is taken at any n, offset or range. A NaN score makes its own batch row NaN and no other.
/// Infinite scores take the limit: +∞ first, -∞ last, each alone in its place; where several share a sign their order has no
/// limit, and their rows are NaN. Gradients are made of products with the values applied to, and finite where these are below 1e150 in size.</para>
/// <para>On the CPU, columns of a row that together hold less than <see cref="Tolerance"/> are left out, and blocks of rows share
/// a series whose remainder is bounded by it.</para>
/// <para><b>Cost.</b> On the CPU, O(n log n) time and O(n) memory for every operator and its gradient (O(n log² n) in the worst
/// case, windows that reach far over on many scales), n² for <see cref="RelaxedPermutation.Matrix"/>
/// alone. On other devices, and if <see cref="TwiceDifferentiable"/>, rows cost O(n) each: O(n²) time, and a graph keeps all rows it used.</para>
/// <para><b>Source.</b> Grover, Wang, Zweig, Ermon, ICLR 2019, Eq. 5; derivation in docs/math/neural-sort.md.</para>
/// </remarks>
public sealed class NeuralSort : IRelaxation
{
    private readonly Temperature temperature;

    /// <summary>NeuralSort at a fixed temperature.</summary>
    /// <param name="temperature">τ, positive and finite, in units of the scores.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public NeuralSort(double temperature, bool descending = true) => (this.temperature, Descending) = (new Temperature(temperature), descending);

    /// <summary>NeuralSort at a temperature held in a tensor, which may be learned.</summary>
    /// <param name="temperature">τ, positive and finite: a single number or one for each batch row, broadcasting to the batch
    /// shape [...] of the scores. Stays the caller's; read anew at each <see cref="Relax"/>.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    public NeuralSort(Tensor temperature, bool descending = true) => (this.temperature, Descending) = (new Temperature(temperature), descending);

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
        if (scores.device.type == DeviceType.CPU && !TwiceDifferentiable)
            return scores.dtype == float32 ? InKernels<float>(scores, temperatures, mask, 1e-8) : InKernels<double>(scores, temperatures, mask, 1e-13);
        return Compose(scores, temperatures, mask).MoveToOuterDisposeScope();
    }

    private RowwisePermutation Compose(Tensor scores, Tensor temperatures, Tensor? mask) =>
        RowwisePermutation.Of(scores, mask, Descending, sorted => new NeuralSortRows(sorted, temperatures, scores.dtype));

    private KernelPermutation<T> InKernels<T>(Tensor scores, Tensor temperatures, Tensor? mask, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new OperatorPermutation<T>(
            scores, temperatures, mask, Descending,
            (sorted, threads) => new NeuralSortOperators<T>(sorted, new KernelSettings(Tolerance ?? tolerance, SimdWidths.InUse, threads)),
            Compose).MoveToOuterDisposeScope();
}
