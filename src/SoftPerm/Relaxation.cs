using System.Numerics;
using SoftPerm.Relaxations;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>A continuous relaxation of sorting: turns scores into a permutation through which gradients flow.</summary>
/// <remarks>Ranks are the mean place of each item under its column of P̂, <c>Σ_i i P̂[i,j] / Σ_i P̂[i,j]</c>; memberships the first k rows
/// summed; sorted values and quantiles, mixtures by rows.</remarks>
public abstract class Relaxation : SoftOrdering
{
    private protected Relaxation(Temperature temperature, bool descending) : base(temperature, descending)
    {
    }

    /// <summary>Whether second derivatives are wanted: composes tensor operations, in O(n²) as a rule, instead of using kernels.</summary>
    public bool TwiceDifferentiable { get; init; }

    /// <summary>Relaxes the permutation that sorts the scores along their last axis.</summary>
    /// <remarks><b>Gradient.</b> What is relaxed while gradients are off (<c>torch.no_grad</c>) has none in the scores and the temperature, also
    /// where its members are called with gradients on; the values given to members still get theirs.</remarks>
    /// <param name="scores">What to sort by, shape [..., n] with n ≥ 1, floating point, on any device; float16 and bfloat16 are computed with in
    /// float32. A network's output of shape [b, n, 1] would be b·n lists of one item: squeeze it.</param>
    /// <param name="mask">Which items are there, bool, of a shape that broadcasts to that of the scores; null means all. Items
    /// that are not there (padding) take the last places, get no mass and no gradient; the rows of their places are zero.</param>
    /// <returns>The relaxed permutation, row i for place i. It holds tensors of its own: dispose it, or let
    /// the dispose scope do so. It does not need the scores and the mask to stay alive.</returns>
    /// <exception cref="ArgumentException">The scores have no axis, an empty last axis or another element type, or the mask
    /// is not boolean or does not broadcast to the scores.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A tensor temperature holds a value that is not positive and finite.</exception>
    public RelaxedPermutation Relax(Tensor scores, Tensor? mask = null)
    {
        Check.Scores(scores, nameof(scores));
        if (mask is not null) Check.Mask(mask, scores, nameof(mask));
        using var scope = new CallScope(this, scores, mask);
        return Relaxed(scores.AtLeastSingle(), mask, scores.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>What acts for checked scores of float32 or float64; temporaries may be left in the dispose scope of the call.</summary>
    internal virtual PermutationEngine Engine(Tensor scores, Tensor? mask)
    {
        var temperatures = UnitOf(TemperaturesOf(scores));
        if (!UsesKernels(scores)) return Compose(scores, temperatures, mask);
        return scores.dtype == float32 ? InKernels(Kernels<float>()) : InKernels(Kernels<double>());

        PermutationEngine InKernels<T>(KernelFactory<T>? kernels)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
            kernels is null ? Compose(scores, temperatures, mask) : new KernelEngine<T>(scores, temperatures, mask, Descending, kernels, Compose);
    }

    /// <summary>Whether scores are for kernels, if there are any.</summary>
    private protected bool UsesKernels(Tensor scores) => scores.device.type == DeviceType.CPU && !TwiceDifferentiable;

    /// <summary>The kernels it has on the CPU; null where it is composed of tensor operations on every device.</summary>
    private protected virtual KernelFactory<T>? Kernels<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => null;

    /// <summary>The permutation in tensor operations.</summary>
    /// <param name="scores">Shape [..., n], float32 or float64.</param>
    /// <param name="temperatures">Of the batch shape, in the widest type of the device, by <see cref="UnitOf"/>.</param>
    /// <param name="mask">Which items are there, broadcasting to the scores; null for all.</param>
    private protected abstract PermutationEngine Compose(Tensor scores, Tensor temperatures, Tensor? mask);

    /// <summary>What differences of scores are measured in.</summary>
    private protected virtual Tensor UnitOf(Tensor temperatures) => temperatures;

    internal override Tensor SortCore(Tensor values, Tensor? mask)
    {
        using var permutation = Relaxed(values, mask, values.dtype);
        return permutation.SortScores(values);
    }

    internal override Tensor RankCore(Tensor values, Tensor? mask)
    {
        using var permutation = Relaxed(values, mask, values.dtype);
        return permutation.Ranks();
    }

    internal override Tensor TopKCore(Tensor values, long k, Tensor? mask)
    {
        using var permutation = Relaxed(values, mask, values.dtype);
        return permutation.TopK(k);
    }

    internal override (Tensor Membership, Tensor Sorted) SelectCore(Tensor values, long k, Tensor? mask)
    {
        using var permutation = Relaxed(values, mask, values.dtype);
        return (permutation.TopK(k), permutation.SortScores(values));
    }

    internal override Tensor QuantileCore(Tensor values, double quantile, Tensor? mask)
    {
        using var permutation = Relaxed(values, mask, values.dtype);
        return permutation.MeanAtQuantile(quantile, values);
    }

    internal override Tensor ArgSortCore(Tensor values, Tensor? mask)
    {
        using var permutation = Relaxed(values, mask, values.dtype);
        var positions = Indices(values.size(-1), values.dtype, values.device).unsqueeze(-1);
        // The exact sort counts NaN as a number. In gradients it is one only where a relaxation made it so.
        var unordered = mask is null ? values.isnan() : values.isnan().logical_and(mask);
        return permutation.Apply(positions).squeeze(-1).masked_fill(unordered.any(-1, keepdim: true), Number(double.NaN));
    }

    private RelaxedPermutation Relaxed(Tensor scores, Tensor? mask, ScalarType type) => new(Engine(scores, mask), type);
}
