namespace SoftPerm;

/// <summary>The straight-through estimator: the cost of hard permutations, differentiated as if they were relaxed.</summary>
/// <remarks>
/// <para><b>Properties.</b> The value is unbiased, the gradient is not: it is that of the cost's slope at the hard permutation,
/// along the relaxed one.</para>
/// <para><b>Cost.</b> One evaluation of the cost a sample.</para>
/// <para><b>Source.</b> Bengio et al. 2013; Grover et al. 2019, Section 4.</para>
/// </remarks>
/// <param name="relaxation">Where gradients come from; descending.</param>
public sealed class StraightThroughEstimator(Relaxation relaxation) : RelaxedCostEstimator(relaxation)
{
    private protected override RelaxedPermutation Shown(RelaxedPermutation relaxed) => relaxed.StraightThrough();
}
