using SoftPerm.Distributions;
using SoftPerm.Validation;

namespace SoftPerm;

public sealed partial class PlackettLuce
{
    /// <summary>The most items for which <see cref="Entropy"/> and the exact marginals are computed: their cost doubles with each item.</summary>
    public const int ExactItemLimit = 14;

    /// <summary>The entropy -Σ_z q(z) log q(z), in nats.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> By the chain rule: the sum over sets T of the probability that the first |T| places hold T, times
    /// the entropy of the choice of the next place.</para>
    /// <para><b>Gradient.</b> In the logits.</para>
    /// <para><b>Cost.</b> O(2ⁿ n) time and memory, not O(n!).</para>
    /// </remarks>
    /// <returns>Shape [...].</returns>
    /// <exception cref="InvalidOperationException">There are more than <see cref="ExactItemLimit"/> items.</exception>
    public Tensor Entropy()
    {
        CheckExact(nameof(EstimateEntropy));
        using var scope = new CallScope(this);
        var total = zeros(Batch, Wide, Logits.device);
        foreach (var choice in Choices())
        {
            var uncertainty = choice.LogChoice.exp().mul(choice.LogChoice).sum(-1).neg();
            total = total.Plus(choice.Expect(uncertainty));
        }

        return total.to(Logits.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>The Kullback-Leibler divergence Σ_z q(z) (log q(z) - log other(z)), in nats.</summary>
    /// <remarks><b>Gradient.</b> In the logits of both. <b>Cost.</b> O(2ⁿ n) time and memory.</remarks>
    /// <param name="other">A distribution over the same items, with the same mask; leading axes broadcast.</param>
    /// <returns>Shape [...] after broadcasting; at least 0, and 0 where both are the same.</returns>
    /// <exception cref="ArgumentException">The other has another n, shape, type or mask.</exception>
    /// <exception cref="InvalidOperationException">There are more than <see cref="ExactItemLimit"/> items.</exception>
    public Tensor Divergence(PlackettLuce other)
    {
        CheckComparable(other);
        CheckExact(nameof(EstimateDivergence));
        using var scope = new CallScope(this, other);
        var total = zeros(Check.Broadcast(Batch, other.Batch)!, Wide, Logits.device);
        foreach (var (mine, theirs) in Choices().Zip(other.Choices()))
        {
            var divergence = mine.LogChoice.exp().mul(mine.LogChoice.sub(theirs.LogChoice)).sum(-1);
            total = total.Plus(mine.Expect(divergence));
        }

        return total.to(Logits.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>The probability of each item at each place.</summary>
    /// <remarks><b>Gradient.</b> In the logits. <b>Cost.</b> O(2ⁿ n) time and memory.</remarks>
    /// <returns>Shape [..., n, n], row i for place i, column j for item j: doubly stochastic among the items that are there, zero elsewhere.</returns>
    /// <exception cref="InvalidOperationException">There are more than <see cref="ExactItemLimit"/> items.</exception>
    public Tensor RankProbability()
    {
        CheckExact(nameof(EstimateRankProbability));
        using var scope = new CallScope(this);
        var rows = Choices().Select(choice =>
        {
            var mass = choice.LogReach.unsqueeze(-1).Plus(choice.LogChoice).exp().flatten(-2);
            return zeros([.. Batch, Items], Wide, Logits.device).index_add(-1, choice.Left.flatten(), mass, Number(1));
        });
        return Present(stack(rows, -2), mask?.unsqueeze(-2)).to(Logits.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>The probability that each item is among the first k places.</summary>
    /// <remarks><b>Gradient.</b> In the logits. <b>Cost.</b> O(2ⁿ n) time and memory.</remarks>
    /// <param name="k">The number of places, 1 to n.</param>
    /// <returns>Shape [..., n]; sums to k, or to the number of items there if that is less.</returns>
    /// <exception cref="ArgumentOutOfRangeException">k is not in 1…n.</exception>
    /// <exception cref="InvalidOperationException">There are more than <see cref="ExactItemLimit"/> items.</exception>
    public Tensor TopKProbability(long k)
    {
        Check.Places(k, Items, nameof(k));
        CheckExact(nameof(EstimateTopKProbability));
        using var scope = new CallScope(this);
        return RankProbability().narrow(-2, 0, k).sum(-2).MoveToOuterDisposeScope();
    }

    private static Tensor Present(Tensor probabilities, Tensor? present) =>
        present is null ? probabilities : probabilities.masked_fill(present.logical_not(), Number(0));

    private IEnumerable<PrefixChoice> Choices() => PrefixChoice.Walk(WideLogits());

    private void CheckExact(string estimate)
    {
        if (Items > ExactItemLimit)
            throw new InvalidOperationException($"There are {Items} items; exact results take 2^n steps and are for at most {ExactItemLimit}. Use {estimate}.");
    }

    private void CheckComparable(PlackettLuce other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Items != Items || Check.Broadcast(other.Batch, Batch) is null)
            throw new ArgumentException($"other must have logits that broadcast with [{string.Join(", ", Logits.shape)}]; its logits are [{string.Join(", ", other.Logits.shape)}].", nameof(other));
        if (other.Logits.dtype != Logits.dtype) throw new ArgumentException($"other must be {Logits.dtype} as this one; it is {other.Logits.dtype}.", nameof(other));
        using var scope = NewDisposeScope();
        Tensor mine = mask ?? ones([Items], @bool, device: Logits.device), theirs = other.mask ?? ones([Items], @bool, device: Logits.device);
        if (mine.ne(theirs).any().item<bool>()) throw new ArgumentException("other must have the same items present.", nameof(other));
    }
}
