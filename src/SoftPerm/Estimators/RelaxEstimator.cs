namespace SoftPerm;

/// <summary>RELAX: the control variate is a function of one's own, such as a small network, learned so that the variance falls.</summary>
/// <remarks>
/// <para><b>Definition.</b> As <see cref="ControlVariateEstimator"/>, with c the critic.</para>
/// <para><b>Properties.</b> Unbiased whatever the critic is, if it is continuous and almost everywhere differentiable. Takes any cost, also one of the order alone: it is the critic that is
/// differentiated. <c>Surrogate</c> sends no gradient to the critic; <see cref="SecondMoment"/> does.</para>
/// <para><b>Cost.</b> One evaluation of the cost and two of the critic a sample.</para>
/// <para><b>Source.</b> Grathwohl et al. 2018; for Plackett-Luce Gadetsky et al. 2020.</para>
/// </remarks>
/// <param name="critic">From perturbed logits, [samples, ..., n], to a guess of their order's cost, of the cost's shape, [samples, ...].
/// Continuous and differentiable almost everywhere, twice so for <see cref="SecondMoment"/>.</param>
public sealed class RelaxEstimator(Func<Tensor, Tensor> critic) : ControlVariateEstimator
{
    private readonly Func<Tensor, Tensor> critic = critic ?? throw new ArgumentNullException(nameof(critic));

    /// <inheritdoc/>
    public override bool NeedsDifferentiableCost => false;

    /// <summary>The mean squared length of one sample's gradient: minimise it over the critic's parameters.</summary>
    /// <remarks>
    /// <para><b>Properties.</b> As the estimator is unbiased, this differs by a constant from the variance of one sample, or of each of
    /// many; with two or three the leave-one-out baseline couples them. Its samples are not to be
    /// those of a <c>Surrogate</c> call: the critic would no longer be independent of what it corrects.</para>
    /// <para><b>Gradient.</b> In the parameters of the critic; none in the logits or in the cost's.</para>
    /// <para><b>Cost.</b> One evaluation of the cost and one, differentiated twice, of the critic a sample.</para>
    /// <para>libtorch warns once of a cycle between a tensor and its gradient; it is broken before this returns.</para>
    /// </remarks>
    /// <param name="distribution">Where permutations come from.</param>
    /// <param name="cost">The cost of permutations, as for <see cref="IGradientEstimator"/>; batch rows may not share it.</param>
    /// <param name="samples">How many to draw, at least 1.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The cost or the critic does not return one number for each sample and batch row.</exception>
    public Tensor SecondMoment(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, long samples, Generator generator)
    {
        using var scope = new CallScope(this, distribution, generator);
        var single = Single(distribution, cost, samples, generator, learn: true);
        using var learning = enable_grad(); // also where gradients are off around us
        var gradients = Advantage(single.Costs.sub(single.Control)).unsqueeze(-1).mul(single.Score).Plus(single.Pathwise);
        return gradients.Squared().sum(-1).mean().to(single.Costs.dtype).MoveToOuterDisposeScope();
    }

    private protected override Tensor Control(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, Tensor perturbed)
    {
        var guess = critic(perturbed.to(distribution.Logits.dtype));
        if (!guess.is_floating_point()) throw new InvalidOperationException($"The critic must return floating-point numbers; it returned {guess.dtype}.");
        return guess;
    }
}
