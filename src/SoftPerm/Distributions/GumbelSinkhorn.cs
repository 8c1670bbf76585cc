using SoftPerm.Distributions;
using SoftPerm.Relaxations;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>The Gumbel-Matching distribution over permutations, and its relaxation, Gumbel-Sinkhorn: logits of pairs with Gumbel noise.</summary>
/// <remarks>
/// <para><b>Definition.</b> <c>z = argmax over permutations σ of Σ_i (X[i, σ(i)] + G[i, σ(i)])</c>, G independent standard Gumbel noise; a
/// relaxed sample is the Sinkhorn operator's value at X + G.</para>
/// <para><b>Properties.</b> Adding a number to all logits of one row, or of one column, changes nothing. There is no closed form of
/// probabilities, nor of the entropy, and so no score function estimator: gradients are reparameterised.</para>
/// <para><b>Gradient.</b> Of relaxed samples in the logits.</para>
/// <para><b>Numerics.</b> For exact samples noise is added in float64 where the device has it. For relaxed ones of float32 logits, each row is counted
/// from the logit nearest to 0, so that an offset costs nothing; those more than 10⁴ away from it begin to lose their noise, also where
/// a whole column lies there.</para>
/// <para><b>Cost.</b> O(n²) memory a sample; O(n³) time at worst for an exact one, O(k n²) for a relaxed one of k iterations.</para>
/// <para><b>Source.</b> Mena et al. 2018.</para>
/// </remarks>
public sealed class GumbelSinkhorn
{
    /// <summary>Creates the distribution.</summary>
    /// <param name="logits">X, shape [..., n, n] with n ≥ 1, float32 or float64, finite or -∞, which forbids a pair; row i for place i,
    /// column j for item j. Some permutation must hold no -∞. Stays the caller's.</param>
    /// <exception cref="ArgumentException">The logits are not square matrices, have another element type, hold NaN or +∞, or
    /// forbid every permutation.</exception>
    public GumbelSinkhorn(Tensor logits)
    {
        Check.Matrices(logits, nameof(logits));
        Matching.CheckExists(logits, nameof(logits));
        Logits = logits;
    }

    /// <summary>The logits X as given, shape [..., n, n].</summary>
    public Tensor Logits { get; }

    /// <summary>The number of items n.</summary>
    public long Items => Logits.size(-1);

    /// <summary>The order of largest total logit: the sample without noise.</summary>
    /// <remarks>The most probable order under <c>p(z) ∝ exp Σ_i X[i, z_i]</c>, which this distribution stands in for; under this one
    /// another order may be somewhat more probable.</remarks>
    /// <returns>int64, shape [..., n].</returns>
    public Tensor Mode() => Matching.Best(Logits);

    /// <summary>Draws orders.</summary>
    /// <param name="samples">How many, at least 1.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>int64, shape [samples, ..., n]: the item at each place.</returns>
    /// <exception cref="ArgumentOutOfRangeException">samples is less than 1.</exception>
    public Tensor Sample(long samples, Generator generator)
    {
        using var scope = new CallScope(this, generator);
        using var _ = no_grad();
        return Matching.Best(Perturbed(Logits.to(Logits.device.WideType()), samples, generator)).MoveToOuterDisposeScope();
    }

    /// <summary>Draws reparameterised, relaxed samples: the Sinkhorn operator of logits with Gumbel noise.</summary>
    /// <param name="samples">How many, at least 1.</param>
    /// <param name="sinkhorn">The operator, with its temperature.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>A relaxed permutation with a leading sample axis, batch shape [samples, ...]; its
    /// <see cref="RelaxedPermutation.Order"/> is an exact sample.</returns>
    /// <exception cref="ArgumentException">The perturbed logits are too large to be divided by the temperature.</exception>
    /// <exception cref="ArgumentOutOfRangeException">samples is less than 1.</exception>
    public SinkhornResult RelaxedSample(long samples, Sinkhorn sinkhorn, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(sinkhorn);
        using var scope = new CallScope(this, generator);
        var narrow = Logits.dtype == Logits.device.WideType() ? Logits : RowOffset.TakenFrom(Logits, null);
        return sinkhorn.NormalizeChecked(Perturbed(narrow, samples, generator)).MoveToOuterDisposeScope();
    }

    private static Tensor Perturbed(Tensor logits, long samples, Generator generator)
    {
        Check.Samples(samples, nameof(samples));
        ArgumentNullException.ThrowIfNull(generator);
        using var scope = new CallScope(logits, generator);
        return logits.Plus(GumbelNoise.Draw([samples, .. logits.shape], logits.dtype, logits.device, generator)).MoveToOuterDisposeScope();
    }
}
