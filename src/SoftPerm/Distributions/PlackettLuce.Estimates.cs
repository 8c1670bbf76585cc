using SoftPerm.Validation;

namespace SoftPerm;

public sealed partial class PlackettLuce
{
    /// <summary>Estimates the entropy for any n: the mean of -log q(z) over samples.</summary>
    /// <param name="samples">How many orders to draw, at least 2.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>Shape [...], without a gradient.</returns>
    /// <exception cref="ArgumentOutOfRangeException">samples is less than 2.</exception>
    public MonteCarloEstimate EstimateEntropy(long samples, Generator generator) =>
        Mean(samples, generator, order => LogProbability(order).neg());

    /// <summary>Estimates the Kullback-Leibler divergence from another distribution for any n: the mean of log q(z) - log other(z).</summary>
    /// <param name="other">A distribution over the same items, with the same mask; leading axes broadcast.</param>
    /// <param name="samples">How many orders to draw, at least 2.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>Shape [...] after broadcasting, without a gradient.</returns>
    /// <exception cref="ArgumentException">The other has another n, shape, type or mask.</exception>
    /// <exception cref="ArgumentOutOfRangeException">samples is less than 2.</exception>
    public MonteCarloEstimate EstimateDivergence(PlackettLuce other, long samples, Generator generator)
    {
        CheckComparable(other);
        using var scope = new CallScope(this, other, generator);
        var all = new PlackettLuce(Logits.expand([.. Check.Broadcast(Batch, other.Batch)!, Items]), mask);
        var estimate = all.Mean(samples, generator, order => all.LogProbability(order).sub(other.LogProbability(order)));
        return new(estimate.Value.MoveToOuterDisposeScope(), estimate.StandardError.MoveToOuterDisposeScope());
    }

    /// <summary>Estimates the probability of each item at each place for any n.</summary>
    /// <remarks><b>Cost.</b> O(samples · n log n + n²) time, O(samples · n + n²) memory.</remarks>
    /// <param name="samples">How many orders to draw, at least 2.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>Shape [..., n, n], row i for place i, column j for item j.</returns>
    /// <exception cref="ArgumentOutOfRangeException">samples is less than 2.</exception>
    public MonteCarloEstimate EstimateRankProbability(long samples, Generator generator) =>
        Frequency(samples, generator, [.. Batch, Items, Items], order => order.movedim([0], [-1]));

    /// <summary>Estimates the probability that each item is among the first k places, for any n.</summary>
    /// <param name="k">The number of places, 1 to n.</param>
    /// <param name="samples">How many orders to draw, at least 2.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>Shape [..., n].</returns>
    /// <exception cref="ArgumentOutOfRangeException">k is not in 1…n, or samples is less than 2.</exception>
    public MonteCarloEstimate EstimateTopKProbability(long k, long samples, Generator generator)
    {
        Check.Places(k, Items, nameof(k));
        return Frequency(samples, generator, [.. Batch, Items], order => order.narrow(-1, 0, k).movedim([0], [-1]).flatten(-2));
    }

    private MonteCarloEstimate Mean(long samples, Generator generator, Func<Tensor, Tensor> quantity)
    {
        Check.Samples(samples, nameof(samples), least: 2);
        using var scope = new CallScope(this, generator);
        using var _ = no_grad();
        var values = quantity(Sample(samples, generator)).to(Wide);
        return Estimate(values.mean([0]), values.var(0).div(Number(samples)));
    }

    /// <summary>How often each item is among indices, [..., drawn] of [..., n]; each at most once a sample.</summary>
    private MonteCarloEstimate Frequency(long samples, Generator generator, long[] shape, Func<Tensor, Tensor> indices)
    {
        Check.Samples(samples, nameof(samples), least: 2);
        using var scope = new CallScope(this, generator);
        using var _ = no_grad();
        var drawn = indices(Sample(samples, generator));
        var present = shape.Length > Logits.dim() ? mask?.unsqueeze(-2) : mask;
        var share = Present(zeros(shape, Wide, Logits.device).scatter_add(-1, drawn, ones(drawn.shape, Wide, Logits.device)).div(Number(samples)), present);
        return Estimate(share, share.mul(share.neg().Plus(1)).div(Number(samples - 1)));
    }

    private MonteCarloEstimate Estimate(Tensor mean, Tensor variance) =>
        new(mean.to(Logits.dtype).MoveToOuterDisposeScope(), variance.sqrt().to(Logits.dtype).MoveToOuterDisposeScope());
}
