namespace SoftPerm;

/// <summary>The reparameterised gradient through a relaxation: the cost of relaxed permutations, differentiated.</summary>
/// <remarks>
/// <para><b>Definition.</b> <c>∇ mean f(P̂(l + g))</c>, g Gumbel noise.</para>
/// <para><b>Properties.</b> Unbiased for the cost of relaxed permutations, biased for that of permutations; the bias goes with the
/// temperature, while the variance comes. The value, too, is that of relaxed permutations.</para>
/// <para><b>Cost.</b> One evaluation of the cost a sample.</para>
/// <para><b>Source.</b> Grover et al. 2019, Eq. 11 and 12.</para>
/// </remarks>
/// <param name="relaxation">How to relax the sort; descending.</param>
public sealed class ReparameterizedEstimator(Relaxation relaxation) : RelaxedCostEstimator(relaxation)
{
    private protected override RelaxedPermutation Shown(RelaxedPermutation relaxed) => relaxed;
}
