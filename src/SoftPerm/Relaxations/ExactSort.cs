using SoftPerm.Autograd;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>The exact sort behind the members of a relaxation: the limit of low temperature of all of them.</summary>
/// <remarks>
/// <para><b>Properties.</b> A permutation matrix, in which equal scores keep their input order; but <see cref="Rank"/> gives equal values the
/// mean of their ranks, as <c>scipy.stats.rankdata</c> does, and as soft ranks tend to.</para>
/// <para><b>Gradient.</b> In the values sorted, as of any gather; none in the scores: the order is constant almost everywhere.</para>
/// <para><b>Numerics.</b> A NaN makes the softly sorted values, ranks, memberships and quantiles of its own batch row NaN;
/// <see cref="Relax"/> counts it as the largest score.</para>
/// <para><b>Cost.</b> O(n log n) time, O(n) memory.</para>
/// </remarks>
/// <param name="descending">Whether the first place holds the largest score.</param>
public sealed class ExactSort(bool descending = true) : IRelaxation
{
    /// <inheritdoc/>
    public bool Descending => descending;

    /// <inheritdoc/>
    public RelaxedPermutation Relax(Tensor scores, Tensor? mask = null)
    {
        Check.Scores(scores, nameof(scores));
        if (mask is not null) Check.Mask(mask, scores, nameof(mask));
        using var scope = new CallScope(this, scores, mask);
        var keys = scores.detach();
        var sorted = SortedScores.Of(Descending ? keys : keys.neg(), mask);
        return new ExactPermutation(sorted.Order, sorted.PresentCount, scores.dtype, Descending).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor Sort(Tensor values, Tensor? mask = null) => Spoiled(values, mask, permutation => permutation.SoftlySorted(values), keepsAxis: true);

    /// <summary>The place of each value, 0 for the first; equal values share the mean of their places.</summary>
    /// <inheritdoc/>
    public Tensor Rank(Tensor values, Tensor? mask = null)
    {
        Check.Scores(values, nameof(values));
        if (mask is not null) Check.Mask(mask, values, nameof(mask));
        using var scope = new CallScope(this, values, mask);
        using var _ = no_grad();
        var absent = (mask?.expand(values.shape) ?? ones(values.shape, @bool, values.device)).logical_not();
        var keys = (Descending ? values.neg() : values).masked_fill(absent, Number(double.PositiveInfinity)).contiguous();
        var sorted = keys.sort(-1).Values;
        // An infinite value that is there may tie with padding, which does not count.
        var behind = searchsorted(sorted, keys, right: true).minimum(absent.logical_not().sum(-1, keepdim: true));
        var ranks = searchsorted(sorted, keys, right: false).Plus(behind).sub(Number(1)).div(Number(2)).to(values.dtype);
        var wrong = values.isnan().logical_and(absent.logical_not()).any(-1, keepdim: true);
        return ranks.masked_fill(wrong, Number(double.NaN)).masked_fill(absent, Number(0)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor TopK(Tensor values, long k, Tensor? mask = null) => Spoiled(values, mask, permutation => permutation.TopK(k), keepsAxis: true);

    /// <inheritdoc/>
    public Tensor Quantile(Tensor values, double quantile, Tensor? mask = null) =>
        Spoiled(values, mask, permutation => permutation.MeanAtQuantile(quantile, values), keepsAxis: false);

    private Tensor Spoiled(Tensor values, Tensor? mask, Func<RelaxedPermutation, Tensor> read, bool keepsAxis)
    {
        using var permutation = Relax(values, mask);
        using var scope = new CallScope(this, values, mask);
        var wrong = values.isnan();
        if (mask is not null) wrong = wrong.logical_and(mask);
        return read(permutation).masked_fill(wrong.any(-1, keepsAxis), Number(double.NaN)).MoveToOuterDisposeScope();
    }
}
