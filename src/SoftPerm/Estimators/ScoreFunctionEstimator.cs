using SoftPerm.Estimators;

namespace SoftPerm;

/// <summary>The score-function estimator (REINFORCE): costs of hard orders weigh the gradients of their log-probabilities.</summary>
/// <remarks>
/// <para><b>Definition</b> over S samples z: <c>∇ = mean ( (f(z) - b) ∇ log q(z) + ∇f(z) )</c>, b the baseline.</para>
/// <para><b>Properties.</b> Unbiased. Takes any cost, also one of the order alone.</para>
/// <para><b>Cost.</b> One evaluation of the cost a sample.</para>
/// <para><b>Source.</b> Williams 1992; Grover et al. 2019, Eq. 8.</para>
/// </remarks>
/// <param name="baseline">What is subtracted from costs; null for nothing.</param>
public sealed class ScoreFunctionEstimator(Baseline? baseline = null) : IGradientEstimator
{
    private readonly Baseline baseline = baseline ?? Baseline.None;

    /// <inheritdoc/>
    public bool IsUnbiased => true;

    /// <inheritdoc/>
    public bool NeedsDifferentiableCost => false;

    /// <inheritdoc/>
    public long LeastSamples => baseline.LeastSamples;

    /// <inheritdoc/>
    public Tensor Surrogate(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, long samples, Generator generator)
    {
        Evaluation.CheckArguments(this, distribution, cost, samples, generator);
        using var scope = new CallScope(this, distribution, generator);
        var orders = distribution.Sample(samples, generator);
        var costs = Evaluation.AtOrders(distribution, cost, orders);
        var score = baseline.Advantage(costs.detach()).mul(Evaluation.LogProbability(distribution, orders, costs));
        return costs.mean([0]).WithGradientOf(score.mean([0])).MoveToOuterDisposeScope();
    }
}
