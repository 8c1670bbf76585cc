using SoftPerm.Validation;

namespace SoftPerm.Estimators;

/// <summary>What estimators share: arguments, costs at hard and relaxed permutations, and results that carry a gradient.</summary>
internal static class Evaluation
{
    /// <summary>Checks the arguments of an estimator.</summary>
    public static void CheckArguments(
        IGradientEstimator estimator, PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, long samples, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(distribution);
        ArgumentNullException.ThrowIfNull(cost);
        ArgumentNullException.ThrowIfNull(generator);
        Check.Samples(samples, nameof(samples), estimator.LeastSamples);
    }

    /// <summary>The cost of orders [samples, ..., n].</summary>
    public static Tensor AtOrders(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, Tensor orders)
    {
        using var exact = distribution.Exact(orders);
        return Checked(cost(exact), exact);
    }

    /// <summary>The cost of a relaxed permutation with a leading sample axis, which must be differentiable in it.</summary>
    /// <param name="cost">The cost.</param>
    /// <param name="permutation">Where to evaluate it.</param>
    /// <param name="source">What the permutation was made of.</param>
    public static Tensor AtRelaxed(Func<RelaxedPermutation, Tensor> cost, RelaxedPermutation permutation, Tensor source)
    {
        if (!permutation.Descending)
            throw new ArgumentException("The relaxation sorts ascending; a Plackett-Luce order has the largest first. Use descending: true.", nameof(permutation));
        var result = Checked(cost(permutation), permutation);
        if (!permutation.Use.Acted || (source.requires_grad && is_grad_enabled() && !result.requires_grad))
            throw new ArgumentException("The cost is not differentiable in the permutation: it read the hard order alone, or took a step that has no gradient. Use Apply, Row, TopK and the like, or an estimator whose NeedsDifferentiableCost is false.", nameof(cost));
        return result;
    }

    /// <summary>The log-probability of orders, summed over the batch rows that share a cost.</summary>
    public static Tensor LogProbability(PlackettLuce distribution, Tensor orders, Tensor cost)
    {
        var log = distribution.LogProbability(orders);
        return log.dim() == cost.dim() ? log : log.sum([.. Enumerable.Range((int)cost.dim(), (int)(log.dim() - cost.dim())).Select(axis => (long)axis)]);
    }

    /// <summary>Costs [samples, ...] of batch rows each on their own.</summary>
    public static Tensor OfSeparateRows(Tensor costs, PlackettLuce distribution) => costs.dim() == distribution.Batch.Length + 1
        ? costs
        : throw new InvalidOperationException($"The cost has shape [{string.Join(", ", costs.shape)}] over a batch [{string.Join(", ", distribution.Batch)}]: batch rows share it, which this estimator cannot take apart. Use ScoreFunction.");

    /// <summary>A tensor with the value of one and, besides its own gradient, that of another, where that is finite.</summary>
    public static Tensor WithGradientOf(this Tensor value, Tensor carrier) =>
        value.Plus(carrier.sub(carrier.detach()).masked_fill(carrier.detach().isfinite().logical_not(), Number(0)));

    private static Tensor Checked(Tensor cost, RelaxedPermutation permutation)
    {
        ArgumentNullException.ThrowIfNull(cost);
        long[] allowed = [.. permutation.Batch];
        var shape = cost.shape;
        if (shape.Length < 1 || shape.Length > allowed.Length || !allowed.AsSpan()[..shape.Length].SequenceEqual(shape))
            throw new ArgumentException($"The cost must return one number for each sample and batch row, shape [{string.Join(", ", allowed)}] (trailing batch axes may be left out where rows share a cost); it returned [{string.Join(", ", shape)}].", nameof(cost));
        if (!cost.is_floating_point()) throw new ArgumentException($"The cost must be floating-point; it is {cost.dtype}.", nameof(cost));
        return cost;
    }
}
