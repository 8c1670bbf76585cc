using SoftPerm.Relaxations;

namespace SoftPerm;

/// <summary>The exact sort behind the members of a relaxation: the limit of low temperature of all of them.</summary>
/// <remarks>
/// <para><b>Properties.</b> A permutation matrix, in which equal scores keep their input order; but <see cref="SoftOrdering.Rank"/> gives equal values the
/// mean of their ranks, as <c>scipy.stats.rankdata</c> does, and as soft ranks tend to.</para>
/// <para><b>Gradient.</b> In the values sorted, as of any gather; none in the scores: the order is constant almost everywhere.</para>
/// <para><b>Numerics.</b> A NaN makes the softly sorted values, ranks, memberships and quantiles of its own batch row NaN;
/// <see cref="Relaxation.Relax"/> counts it as the largest score.</para>
/// <para><b>Cost.</b> O(n log n) time, O(n) memory.</para>
/// </remarks>
public sealed class ExactSort : Relaxation
{
    /// <summary>The exact sort, which no temperature changes.</summary>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    public ExactSort(bool descending = true) : base(temperature: 1, descending)
    {
    }

    /// <inheritdoc/>
    public override RelaxationProperties Properties =>
        CommonProperties.Sorting & ~RelaxationProperties.UniformWhenHot | RelaxationProperties.DoublyStochastic;

    private protected override PermutationEngine Compose(Tensor scores, Tensor temperatures, Tensor? mask)
    {
        var keys = scores.detach();
        var sorted = SortedScores.Of(Descending ? keys : keys.neg(), mask);
        return new ExactEngine(sorted.Order, sorted.PresentCount, scores.dtype, Descending);
    }

    internal override Tensor SortCore(Tensor values, Tensor? mask) => Spoiled(values, mask, base.SortCore(values, mask), keepsAxis: true);

    internal override Tensor RankCore(Tensor values, Tensor? mask)
    {
        using var _ = no_grad();
        var absent = (mask?.expand(values.shape) ?? ones(values.shape, @bool, values.device)).logical_not();
        var keys = (Descending ? values.neg() : values).masked_fill(absent, Number(double.PositiveInfinity)).contiguous();
        var sorted = keys.sort(-1).Values;
        // An infinite value that is there may tie with padding, which does not count.
        var behind = searchsorted(sorted, keys, right: true).minimum(absent.logical_not().sum(-1, keepdim: true));
        var ranks = searchsorted(sorted, keys, right: false).Plus(behind).sub(Number(1)).div(Number(2)).to(values.dtype);
        var wrong = values.isnan().logical_and(absent.logical_not()).any(-1, keepdim: true);
        return ranks.masked_fill(wrong, Number(double.NaN)).masked_fill(absent, Number(0));
    }

    internal override Tensor TopKCore(Tensor values, long k, Tensor? mask) => Spoiled(values, mask, base.TopKCore(values, k, mask), keepsAxis: true);

    internal override (Tensor Membership, Tensor Sorted) SelectCore(Tensor values, long k, Tensor? mask) => (TopKCore(values, k, mask), SortCore(values, mask));

    internal override Tensor QuantileCore(Tensor values, double quantile, Tensor? mask) =>
        Spoiled(values, mask, base.QuantileCore(values, quantile, mask), keepsAxis: false);

    private static Tensor Spoiled(Tensor values, Tensor? mask, Tensor result, bool keepsAxis)
    {
        var wrong = values.isnan();
        if (mask is not null) wrong = wrong.logical_and(mask);
        return result.masked_fill(wrong.any(-1, keepsAxis), Number(double.NaN));
    }
}
