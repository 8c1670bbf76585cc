using SoftPerm.Estimators;

namespace SoftPerm;

/// <summary>REBAR: the control variate is the cost of the relaxed permutation, scaled.</summary>
/// <remarks>
/// <para><b>Definition.</b> As <see cref="ControlVariateEstimator"/>, with <c>c(s) = η f(P̂(s))</c>.</para>
/// <para><b>Properties.</b> Unbiased at every scale η and temperature, if the cost is continuous in the permutation: one that reads the
/// order besides, such as an evidence lower bound with log q(order), is refused.</para>
/// <para><b>Cost.</b> Three evaluations of the cost a sample: one hard, two relaxed.</para>
/// <para><b>Source.</b> Tucker et al. 2017; for Plackett-Luce Gadetsky et al. 2020.</para>
/// </remarks>
public sealed class RebarEstimator : ControlVariateEstimator
{
    private readonly Relaxation relaxation;

    /// <summary>Creates the estimator.</summary>
    /// <param name="relaxation">How to relax the sort; descending.</param>
    /// <param name="scale">η, finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not finite.</exception>
    public RebarEstimator(Relaxation relaxation, double scale = 1)
    {
        ArgumentNullException.ThrowIfNull(relaxation);
        if (!double.IsFinite(scale)) throw new ArgumentOutOfRangeException(nameof(scale), scale, "scale must be finite.");
        this.relaxation = relaxation;
        Scale = scale;
    }

    /// <summary>η.</summary>
    public double Scale { get; }

    /// <inheritdoc/>
    public override bool NeedsDifferentiableCost => true;

    /// <summary>The same estimator at the scale that samples say is best for a distribution and a cost.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> With A a sample's gradient without control variate and A - η B the one with it, E B = 0:
    /// <c>η = E(A·B) / E(B·B)</c>, which minimises the variance of many samples; of two or three, a somewhat larger scale would.
    /// Estimated on samples of its own, so the result stays unbiased.</para>
    /// <para><b>Cost.</b> Two evaluations of the cost a sample, one of them differentiated.</para>
    /// </remarks>
    /// <param name="distribution">Where permutations come from.</param>
    /// <param name="cost">The cost of permutations; batch rows may not share it.</param>
    /// <param name="samples">How many to draw, at least 1; hundreds, for a scale worth having.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <exception cref="ArgumentException">The cost is not finite at some sample.</exception>
    /// <exception cref="InvalidOperationException">Batch rows share the cost.</exception>
    public RebarEstimator Tuned(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, long samples, Generator generator)
    {
        using var scope = new CallScope(this, distribution, generator);
        using var _ = no_grad();
        var single = new RebarEstimator(relaxation).Single(distribution, cost, samples, generator, learn: false);
        var without = Advantage(single.Costs).unsqueeze(-1).mul(single.Score);
        var removed = Advantage(single.Control).unsqueeze(-1).mul(single.Score).sub(single.Pathwise);
        double size = removed.Squared().sum().item<double>(), shared = without.mul(removed).sum().to(float64).item<double>();
        if (!double.IsFinite(size) || !double.IsFinite(shared)) throw new ArgumentException("The cost, or its gradient, is not finite at some sample.", nameof(cost));
        return new RebarEstimator(relaxation, size > 0 ? shared / size : 0);
    }

    private protected override Tensor Control(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, Tensor perturbed)
    {
        using var permutation = distribution.Relaxed(perturbed, relaxation);
        var control = Evaluation.AtRelaxed(cost, permutation, perturbed).mul(Number(Scale));
        if (permutation.Use.GaveOrder)
            throw new ArgumentException("The cost reads the order, which jumps where perturbed logits meet; REBAR's control variate must be continuous in the permutation. Use RelaxEstimator, or leave-one-out.", nameof(cost));
        return control;
    }
}
