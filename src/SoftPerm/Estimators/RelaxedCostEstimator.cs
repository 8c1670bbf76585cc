using SoftPerm.Estimators;

namespace SoftPerm;

/// <summary>Estimators whose gradient flows through relaxed samples, biased and of little variance.</summary>
public abstract class RelaxedCostEstimator : IGradientEstimator
{
    private readonly Relaxation relaxation;

    private protected RelaxedCostEstimator(Relaxation relaxation) =>
        this.relaxation = relaxation ?? throw new ArgumentNullException(nameof(relaxation));

    /// <inheritdoc/>
    public bool IsUnbiased => false;

    /// <inheritdoc/>
    public bool NeedsDifferentiableCost => true;

    /// <inheritdoc/>
    public long LeastSamples => 1;

    /// <inheritdoc/>
    public Tensor Surrogate(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, long samples, Generator generator)
    {
        Evaluation.CheckArguments(this, distribution, cost, samples, generator);
        using var scope = new CallScope(this, distribution, generator);
        using var relaxed = distribution.RelaxedSample(samples, relaxation, generator);
        using var shown = Shown(relaxed);
        return Evaluation.AtRelaxed(cost, shown, distribution.Logits).mean([0]).MoveToOuterDisposeScope();
    }

    /// <summary>What the cost is shown of the relaxed samples.</summary>
    private protected abstract RelaxedPermutation Shown(RelaxedPermutation relaxed);
}
