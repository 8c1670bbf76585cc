using SoftPerm.Distributions;
using SoftPerm.Estimators;

namespace SoftPerm;

/// <summary>The exact expectation and gradient, by enumeration of all n! orders: the judge of all estimators.</summary>
/// <remarks>
/// <para><b>Definition.</b> <c>Σ_z q(z) f(z)</c>, differentiated.</para>
/// <para><b>Cost.</b> n! evaluations of the cost, in one call with that many samples; nothing is drawn, and the number of samples
/// asked for does not matter.</para>
/// </remarks>
public sealed class ExactEstimator : IGradientEstimator
{
    /// <summary>The most items whose orders are enumerated.</summary>
    public const int ItemLimit = Enumeration.ItemLimit;

    /// <inheritdoc/>
    public bool IsUnbiased => true;

    /// <inheritdoc/>
    public bool NeedsDifferentiableCost => false;

    /// <inheritdoc/>
    public long LeastSamples => 1;

    /// <inheritdoc cref="IGradientEstimator.Surrogate"/>
    /// <exception cref="InvalidOperationException">There are more than <see cref="ItemLimit"/> items, or batch rows share a cost.</exception>
    public Tensor Surrogate(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, long samples, Generator generator)
    {
        Evaluation.CheckArguments(this, distribution, cost, samples, generator);
        if (distribution.Items > ItemLimit)
            throw new InvalidOperationException($"There are {distribution.Items} items; n! orders are enumerated for at most {ItemLimit}. Use an estimator that draws samples.");
        using var scope = new CallScope(this, distribution, generator);
        var orders = Enumeration.Orders((int)distribution.Items, distribution.Logits.device);
        orders = orders.reshape([orders.size(0), .. distribution.Batch.Select(_ => 1L), distribution.Items]).expand([orders.size(0), .. distribution.Logits.shape]);
        var costs = Evaluation.OfSeparateRows(Evaluation.AtOrders(distribution, cost, orders), distribution);
        var probabilities = distribution.JointLogProbability(orders).exp();
        costs = costs.masked_fill(probabilities.detach().eq(Number(0)), Number(0)); // what cannot happen costs nothing, were it infinite
        return probabilities.to(costs.dtype).mul(costs).sum([0]).MoveToOuterDisposeScope();
    }
}
