namespace SoftPerm;

/// <summary>REBAR: the control variate is the cost of the relaxed permutation, scaled.</summary>
/// <remarks>
/// <para><b>Definition.</b> As <see cref="ControlVariateEstimator"/>, with <c>c(s) = η f(P̂(s))</c>.</para>
/// <para><b>Properties.</b> Unbiased at every scale η and temperature.</para>
/// <para><b>Cost.</b> Three evaluations of the cost a sample: one hard, two relaxed.</para>
/// <para><b>Source.</b> Tucker et al. 2017; for Plackett-Luce Gadetsky et al. 2020.</para>
/// </remarks>
public sealed class Rebar : ControlVariateEstimator
{
    private readonly IRelaxation relaxation;
    private readonly double scale;

    /// <summary>Creates the estimator.</summary>
    /// <param name="relaxation">How to relax the sort; descending.</param>
    /// <param name="scale">η, finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale is not finite.</exception>
    public Rebar(IRelaxation relaxation, double scale = 1)
    {
        ArgumentNullException.ThrowIfNull(relaxation);
        if (!double.IsFinite(scale)) throw new ArgumentOutOfRangeException(nameof(scale), scale, "scale must be finite.");
        this.relaxation = relaxation;
        this.scale = scale;
    }

    /// <inheritdoc/>
    public override bool NeedsDifferentiableCost => true;

    private protected override Tensor Control(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, Tensor perturbed)
    {
        using var permutation = distribution.Relaxed(perturbed, relaxation);
        return Evaluation.AtRelaxed(cost, permutation).mul(scale);
    }
}
