namespace SoftPerm;

/// <summary>RELAX: the control variate is a function of one's own, such as a small network, learned so that the variance falls.</summary>
/// <remarks>
/// <para><b>Definition.</b> As <see cref="ControlVariateEstimator"/>, with c the critic.</para>
/// <para><b>Properties.</b> Unbiased whatever the critic is. Takes any cost, also one of the order alone: it is the critic that is
/// differentiated. <c>Surrogate</c> sends no gradient to the critic; <see cref="SecondMoment"/> does.</para>
/// <para><b>Cost.</b> One evaluation of the cost and two of the critic a sample.</para>
/// <para><b>Source.</b> Grathwohl et al. 2018; for Plackett-Luce Gadetsky et al. 2020.</para>
/// </remarks>
/// <param name="critic">From perturbed logits, [samples, ..., n], to a guess of their order's cost, of the cost's shape, [samples, ...].
/// Differentiable, and twice so for <see cref="SecondMoment"/>.</param>
public sealed class Relax(Func<Tensor, Tensor> critic) : ControlVariateEstimator
{
    private readonly Func<Tensor, Tensor> critic = critic ?? throw new ArgumentNullException(nameof(critic));

    /// <inheritdoc/>
    public override bool NeedsDifferentiableCost => false;

    /// <summary>The mean squared length of one sample's gradient: minimise it over the critic's parameters.</summary>
    /// <remarks>
    /// <para><b>Properties.</b> As the estimator is unbiased, this differs from its variance by a constant. Its samples are not to be
    /// those of a <c>Surrogate</c> call: the critic would no longer be independent of what it corrects.</para>
    /// <para><b>Gradient.</b> In the parameters of the critic; none in the logits or in the cost's.</para>
    /// <para><b>Cost.</b> One evaluation of the cost and one, differentiated twice, of the critic a sample.</para>
    /// </remarks>
    /// <param name="distribution">Where permutations come from.</param>
    /// <param name="cost">The cost of permutations, as for <see cref="IGradientEstimator"/>; batch rows may not share it.</param>
    /// <param name="samples">How many to draw, at least 1.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>A scalar.</returns>
    /// <exception cref="ArgumentException">The cost or the critic does not return one number for each sample and batch row.</exception>
    public Tensor SecondMoment(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, long samples, Generator generator)
    {
        Evaluation.CheckArguments(this, distribution, cost, samples, generator);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var orders = distribution.Sample(samples, generator);
        var costs = Evaluation.OfSeparateRows(Evaluation.AtOrders(distribution, cost, orders), distribution);
        var given = distribution.Given(orders, generator);
        using var learning = enable_grad(); // the critic alone, and also where nobody learns from the result
        var point = distribution.ZeroWhereAbsent(given.Perturbed).to(distribution.Logits.dtype).requires_grad_();
        var control = Control(distribution, cost, point);
        var slope = Slope(control, point).to(given.Steps.dtype);
        // ∇c(s) is the slope itself, as s = l + g; ∇c(s̃) is the slope times the derivative of s̃ in the logits.
        var pathwise = slope.sub(given.Pullback(slope));
        var gradients = Residual(costs, control).unsqueeze(-1).mul(given.Score).add(pathwise);
        return distribution.ZeroWhereAbsent(gradients).square().sum(-1).mean().to(costs.dtype).MoveToOuterDisposeScope();
    }

    private protected override Tensor Control(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, Tensor perturbed)
    {
        var guess = critic(perturbed);
        long[] wanted = perturbed.shape[..^1];
        if (!guess.shape.AsSpan().SequenceEqual(wanted.AsSpan()[..(int)Math.Min(guess.dim(), wanted.Length)]) || guess.dim() == 0)
            throw new ArgumentException($"The critic must return one number for each sample and batch row, shape [{string.Join(", ", wanted)}]; it returned [{string.Join(", ", guess.shape)}].", nameof(perturbed));
        return guess;
    }

    /// <summary>The gradient of each sample's control in its point, with a graph of its own.</summary>
    private static Tensor Slope(Tensor control, Tensor point)
    {
        var sum = control.sum().add(point.sum().mul(0)); // so that a critic that ignores its input has a gradient, too
        return autograd.grad([sum], [point], retain_graph: true, create_graph: true)[0];
    }
}
