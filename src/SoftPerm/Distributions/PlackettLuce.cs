using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>The Plackett-Luce distribution over orders of n items: places are filled one by one, each by a softmax over those left.</summary>
/// <remarks>
/// <para><b>Definition.</b> <c>log q(z | l) = Σ_i ( l[z_i] - log Σ_{k≥i} exp l[z_k] )</c></para>
/// <para><b>Properties.</b> q does not change under l + c. The mode sorts the logits, largest first.</para>
/// <para><b>Gradient.</b> Of <see cref="LogProbability"/> in the logits; <see cref="RelaxedSample"/> is reparameterised.</para>
/// <para><b>Cost.</b> O(n log n) time and O(n) memory for a sample, a mode or a log-probability.</para>
/// <para><b>Source.</b> Grover et al. 2019, Eq. 1 and Proposition 5 (sampling by sorting logits with Gumbel noise).</para>
/// </remarks>
public sealed class PlackettLuce
{
    private readonly Tensor logits;

    /// <summary>Creates the distribution.</summary>
    /// <param name="logits">l, shape [..., n] with n ≥ 1, finite, float32 or float64. Stays the caller's.</param>
    /// <exception cref="ArgumentException">The logits have no axis, an empty last axis, another element type, or a value that is
    /// not finite.</exception>
    public PlackettLuce(Tensor logits)
    {
        Check.Scores(logits, nameof(logits));
        Check.Finite(logits, nameof(logits));
        this.logits = logits;
    }

    /// <summary>The most probable order: the items by logit, largest first, ties in input order.</summary>
    /// <returns>int64, shape [..., n].</returns>
    public Tensor Mode
    {
        get
        {
            using var scope = NewDisposeScope();
            return StableOrder(logits).MoveToOuterDisposeScope();
        }
    }

    /// <summary>Draws orders.</summary>
    /// <param name="samples">How many, at least 1.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>int64, shape [samples, ..., n]: the item at each place.</returns>
    /// <exception cref="ArgumentOutOfRangeException">samples is less than 1.</exception>
    public Tensor Sample(long samples, Generator generator)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return StableOrder(Perturbed(samples, generator)).MoveToOuterDisposeScope();
    }

    /// <summary>The log-probability of orders.</summary>
    /// <param name="order">The item at each place, int64, shape [..., n] (each row a permutation); leading axes, such as a sample
    /// axis in front, broadcast with those of the logits.</param>
    /// <returns>Shape [...] after broadcasting.</returns>
    /// <exception cref="ArgumentException">The order is not int64, does not have n places, does not broadcast, or is no permutation.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order holds an index outside 0…n-1.</exception>
    public Tensor LogProbability(Tensor order)
    {
        Check.Order(order, logits.shape[..^1], logits.size(-1), nameof(order));
        Check.Permutation(order, nameof(order));
        using var scope = NewDisposeScope();
        var inOrder = Gathered.Entries(logits, order);
        var remaining = inOrder.flip(-1).logcumsumexp(-1).flip(-1);
        return inOrder.sub(remaining).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Draws reparameterised, relaxed samples: the relaxation of sorting logits with Gumbel noise.</summary>
    /// <param name="samples">How many, at least 1.</param>
    /// <param name="relaxation">How to relax the sort.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <param name="mask">Which items are there, as for <see cref="IRelaxation.Relax"/>; absent items still need finite logits.</param>
    /// <returns>A relaxed permutation with a leading sample axis, batch shape [samples, ...]. If the relaxation sorts descending,
    /// its <see cref="RelaxedPermutation.Order"/> is an exact sample.</returns>
    /// <exception cref="ArgumentException">The mask is not boolean or does not broadcast.</exception>
    /// <exception cref="ArgumentOutOfRangeException">samples is less than 1.</exception>
    public RelaxedPermutation RelaxedSample(long samples, IRelaxation relaxation, Generator generator, Tensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(relaxation);
        using var perturbed = Perturbed(samples, generator);
        return relaxation.Relax(perturbed, mask);
    }

    private static Tensor StableOrder(Tensor keys) => keys.detach().sort(dim: -1, descending: true, stable: true).Indices;

    private Tensor Perturbed(long samples, Generator generator)
    {
        Check.Samples(samples, nameof(samples));
        ArgumentNullException.ThrowIfNull(generator);
        using var noise = GumbelNoise.Draw([samples, .. logits.shape], logits.dtype, logits.device, generator);
        return logits.add(noise);
    }
}
