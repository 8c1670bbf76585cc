using SoftPerm.Estimators;

namespace SoftPerm;

/// <summary>The score function with a control variate: a function of the perturbed logits that foretells the cost.</summary>
/// <remarks>
/// <para><b>Definition.</b> For an order z, perturbed logits s that sort into it and others s̃ drawn given z:
/// <c>∇ = mean ( (f(z) - c(s̃)) ∇ log q(z) + ∇c(s) - ∇c(s̃) + ∇f(z) )</c></para>
/// <para><b>Properties.</b> Unbiased whatever c is, if it is continuous and almost everywhere differentiable: the better it foretells f, the less variance. With two samples or more the
/// residual f - c has a leave-one-out baseline besides, so that c = 0 gives leave-one-out REINFORCE.</para>
/// <para><b>Numerics.</b> s and s̃ share their noise: their values are equal and their gradients in the logits are not.</para>
/// <para><b>Source.</b> Tucker et al. 2017, Grathwohl et al. 2018; for Plackett-Luce Gadetsky et al. 2020.</para>
/// </remarks>
public abstract class ControlVariateEstimator : IGradientEstimator
{
    private protected ControlVariateEstimator()
    {
    }

    /// <inheritdoc/>
    public bool IsUnbiased => true;

    /// <inheritdoc/>
    public abstract bool NeedsDifferentiableCost { get; }

    /// <inheritdoc/>
    public long LeastSamples => 1;

    /// <inheritdoc/>
    public Tensor Surrogate(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, long samples, Generator generator)
    {
        Evaluation.CheckArguments(this, distribution, cost, samples, generator);
        using var scope = new CallScope(this, distribution, generator);
        var orders = distribution.Sample(samples, generator);
        var costs = Evaluation.AtOrders(distribution, cost, orders);
        var given = distribution.ZeroWhereAbsent(distribution.Given(orders, generator).Perturbed);
        // One point whose value is that of s and s̃, and whose gradient is the difference of theirs.
        var logits = distribution.PresentLogits.to(given.dtype);
        var free = logits.Plus(given.sub(logits).detach());
        var control = ControlOf(costs, distribution, cost, given.detach().WithGradientOf(free.sub(given)));
        var score = Advantage(costs.sub(control).detach()).mul(Evaluation.LogProbability(distribution, orders, costs));
        // The same at a fixed point takes away gradients in what the control variate and the cost are made of: theirs is that of f.
        var pathwise = control.sub(Control(distribution, cost, given.detach()));
        return costs.mean([0]).WithGradientOf(score.Plus(pathwise).mean([0])).MoveToOuterDisposeScope();
    }

    /// <summary>The control variate at perturbed logits [samples, ..., n] in the wide type, of the cost's shape.</summary>
    private protected abstract Tensor Control(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, Tensor perturbed);

    /// <summary>Draws samples, and takes the gradient of each apart.</summary>
    /// <param name="distribution">Where permutations come from; no gradient reaches its logits.</param>
    /// <param name="cost">The cost of permutations, one for each sample and batch row; no gradient reaches its parameters.</param>
    /// <param name="samples">How many to draw.</param>
    /// <param name="generator">The source of randomness.</param>
    /// <param name="learn">Whether the control variate itself will be differentiated in its parameters.</param>
    private protected SampleGradients Single(
        PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, long samples, Generator generator, bool learn)
    {
        Evaluation.CheckArguments(this, distribution, cost, samples, generator);
        using var _ = no_grad();
        var orders = distribution.Sample(samples, generator);
        var costs = Evaluation.OfSeparateRows(Evaluation.AtOrders(distribution, cost, orders), distribution);
        var given = distribution.Given(orders, generator);
        using var learning = enable_grad();
        var point = distribution.ZeroWhereAbsent(given.Perturbed).requires_grad_();
        var control = ControlOf(costs, distribution, cost, point);
        var sum = control.sum().Plus(point.sum().mul(Number(0))); // so that a control that ignores its input has a gradient, too
        sum.backward(create_graph: learn, retain_graph: learn, inputs: [point]); // autograd.grad would end the process on a mistake
        var slope = point.grad!.to(given.Steps.dtype);
        point.grad = null; // it holds the graph that holds the point
        // ∇c(s) is the slope itself, as s = l + g; ∇c(s̃) is the slope times the derivative of s̃ in the logits.
        return new SampleGradients(
            costs, control, distribution.ZeroWhereAbsent(given.Score), distribution.ZeroWhereAbsent(slope.sub(given.Pullback(slope))));
    }

    private Tensor ControlOf(Tensor costs, PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, Tensor perturbed)
    {
        var control = Control(distribution, cost, perturbed);
        return control.shape.AsSpan().SequenceEqual(costs.shape)
            ? control
            : throw new InvalidOperationException($"The control variate must have the cost's shape, [{string.Join(", ", costs.shape)}]; it has [{string.Join(", ", control.shape)}].");
    }

    /// <summary>What weighs the scores, [samples, ...], without the mean of the other samples where there are any.</summary>
    private protected static Tensor Advantage(Tensor weights) => weights.size(0) > 1 ? Baseline.LeaveOneOut.Advantage(weights) : weights;

    /// <summary>Samples of the estimator, each with the parts of its gradient.</summary>
    /// <param name="Costs">f(z), [samples, ...].</param>
    /// <param name="Control">c(s̃), of the same shape.</param>
    /// <param name="Score">∇ log q(z), [samples, ..., n].</param>
    /// <param name="Pathwise">∇c(s) - ∇c(s̃), [samples, ..., n].</param>
    private protected readonly record struct SampleGradients(Tensor Costs, Tensor Control, Tensor Score, Tensor Pathwise);
}
