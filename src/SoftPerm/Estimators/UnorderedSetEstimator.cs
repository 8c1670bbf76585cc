using SoftPerm.Estimators;

namespace SoftPerm;

/// <summary>The unordered-set estimator: different orders, weighed as a set drawn without replacement, with a built-in baseline.</summary>
/// <remarks>
/// <para><b>Definition</b> over a set S of different orders: <c>∇ = Σ_{z∈S} ∇q(z) R(z) ( f(z) - Σ_{y∈S} q(y) R_z(y) f(y) )</c>,
/// <c>R(z) = p(S | z first) / p(S)</c>, and R_z(y) the same ratio where z is out of the domain; R_z(z) = 1.</para>
/// <para><b>Properties.</b> Unbiased; never spends two evaluations on one order, and is exact once S holds all n!. Takes any cost.</para>
/// <para><b>Numerics.</b> <c>p(S)</c> is an integral over the time by which all of S has arrived while nothing else has, taken by
/// the trapezoidal rule in log time, where it converges faster than any power of the step.</para>
/// <para><b>Cost.</b> One evaluation of the cost a sample; besides O(samples · n²) time to draw and O(samples²·⁵) for the weights, with a
/// table of some hundred times for each sample.</para>
/// <para><b>Padding.</b> Every row of a batch needs as many orders as there are samples: two items present at the least.</para>
/// <para><b>Source.</b> Kool, van Hoof, Welling 2020.</para>
/// </remarks>
public sealed class UnorderedSetEstimator : IGradientEstimator
{
    // In log time the integrand falls off like e^u to the left and exp(-e^u) to the right of a peak near log(samples) that is about
    // 1/√samples wide. The rule's error falls exponentially with 1/step.
    private const double Earliest = -32;

    /// <inheritdoc/>
    public bool IsUnbiased => true;

    /// <inheritdoc/>
    public bool NeedsDifferentiableCost => false;

    /// <inheritdoc/>
    public long LeastSamples => 2;

    /// <inheritdoc cref="IGradientEstimator.Surrogate"/>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 samples, or more than there are orders.</exception>
    /// <exception cref="InvalidOperationException">Batch rows share a cost.</exception>
    public Tensor Surrogate(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, long samples, Generator generator)
    {
        Evaluation.CheckArguments(this, distribution, cost, samples, generator);
        using var scope = new CallScope(this, distribution, generator);
        var orders = distribution.SampleWithoutReplacement(samples, generator);
        var costs = Evaluation.OfSeparateRows(Evaluation.AtOrders(distribution, cost, orders), distribution);
        var logProbability = distribution.JointLogProbability(orders);
        var (weights, others) = Weights(logProbability.detach());
        var fixedCosts = costs.detach().to(weights.dtype);
        var baseline = others.mul(fixedCosts).sum([1]);
        var score = weights.mul(fixedCosts.sub(baseline)).mul(logProbability).sum([0]).to(costs.dtype);
        return weights.to(costs.dtype).mul(costs).sum([0]).WithGradientOf(score).MoveToOuterDisposeScope();
    }

    /// <summary>The weights q(z) R(z), [samples, ...], and q(y) R_z(y), [samples z, samples y, ...], from log q.</summary>
    internal static (Tensor Weights, Tensor Others) Weights(Tensor logProbability)
    {
        var samples = logProbability.size(0);
        var logRest = logProbability.exp().sum([0]).neg().Plus(1).clamp_min(Number(1e-30)).log();
        double latest = Math.Log(samples + (12 * Math.Sqrt(samples)) + 50), step = Math.Min(0.2, 0.7 / Math.Sqrt(samples));
        var logTime = arange(Number(Earliest), Number(latest), Number(step), logProbability.dtype, logProbability.device).reshape([-1, .. logRest.shape.Select(_ => 1L)]);
        // Time is measured by arrivals from outside the set, of rate r: the integrand is exp(-t) Π(1 - exp(-q t / r)) dt, dt = t du.
        var logMean = logProbability.sub(logRest).unsqueeze(0).Plus(logTime.unsqueeze(1));
        var logArrived = where(logMean.lt(Number(-30)), logMean, logMean.exp().neg().expm1().neg().log()); // log(1 - exp(-x)) is log x for small x
        var everyone = logArrived.sum([1]).sub(logTime.exp()).Plus(logTime);
        var without = everyone.unsqueeze(1).sub(logArrived);
        var logSet = everyone.logsumexp(0);
        var logOne = without.logsumexp(0);
        var logTwo = stack(Enumerable.Range(0, (int)samples).Select(z =>
        {
            using var scope = NewDisposeScope(); // one order at a time: the table of pairs and times would be large
            return without.narrow(1, z, 1).sub(logArrived).logsumexp(0).MoveToOuterDisposeScope();
        }));
        var same = eye(samples, dtype: @bool, device: logProbability.device).reshape([samples, samples, .. logSet.shape.Select(_ => 1L)]);
        var ratios = logTwo.sub(logOne.unsqueeze(1)).masked_fill(same, Number(0));
        return (logProbability.Plus(logOne).sub(logSet).exp(), logProbability.unsqueeze(0).Plus(ratios).exp());
    }
}
