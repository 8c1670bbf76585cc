using SoftPerm.Distributions;
using SoftPerm.Relaxations;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>The Plackett-Luce distribution over orders of n items: places are filled one by one, each by a softmax over those left.</summary>
/// <remarks>
/// <para><b>Definition.</b> <c>log q(z | l) = Σ_i ( l[z_i] - log Σ_{k≥i} exp l[z_k] )</c></para>
/// <para><b>Properties.</b> q does not change under l + c. The mode sorts the logits, largest first. Absent items take the last
/// places, and their order among themselves is no part of the event.</para>
/// <para><b>Gradient.</b> Of log-probabilities, entropies and exact marginals in the logits; <see cref="RelaxedSample"/>,
/// <see cref="PerturbedLogits"/> and <see cref="ConditionalPerturbedLogits"/> are reparameterised.</para>
/// <para><b>Numerics.</b> Sums run in log space and in float64 where the device has it: logits may be thousands apart.</para>
/// <para><b>Cost.</b> O(n log n) time and O(n) memory for a sample, a mode or a log-probability; O(2ⁿ n) for what is exact:
/// <see cref="Entropy"/>, <see cref="Divergence"/>, <see cref="RankProbability"/>, <see cref="TopKProbability"/>.</para>
/// <para><b>Source.</b> Grover et al. 2019, Eq. 1 and Proposition 5 (sampling by sorting logits with Gumbel noise); Luce 1959,
/// Plackett 1975.</para>
/// </remarks>
public sealed partial class PlackettLuce
{
    private readonly Tensor? mask;

    /// <summary>Creates the distribution.</summary>
    /// <param name="logits">l, shape [..., n] with n ≥ 1, float32 or float64, within ±10²⁹⁹ where an item is present; of a half type, give
    /// <c>logits.to(float32)</c>: probabilities and noise need the digits. Stays the caller's; values are checked here and not again, so an
    /// optimizer may change them in place.</param>
    /// <param name="mask">Which items are there, bool, broadcasting to the logits; null means all. Stays the caller's.</param>
    /// <exception cref="ArgumentException">The logits have no axis, an empty last axis, another element type, or a value that is
    /// not within ±10²⁹⁹; or the mask is not boolean or does not broadcast.</exception>
    public PlackettLuce(Tensor logits, Tensor? mask = null)
    {
        Check.Logits(logits, nameof(logits));
        if (mask is not null) Check.Mask(mask, logits, nameof(mask));
        Logits = logits;
        this.mask = mask;
        using var scope = new CallScope(logits, mask);
        Check.Within(PresentLogits, 1e299, nameof(logits));
    }

    /// <summary>The logits l as given, shape [..., n].</summary>
    public Tensor Logits { get; }

    /// <summary>The number of items n.</summary>
    public long Items => Logits.size(-1);

    /// <summary>The most probable order: the items by logit, largest first, ties in input order.</summary>
    /// <returns>int64, shape [..., n].</returns>
    public Tensor Mode()
    {
        using var scope = new CallScope(this);
        return StableOrder(Logits).MoveToOuterDisposeScope();
    }

    /// <summary>The number of items that are there, int64 [..., 1]; null without a mask. In the caller's scope.</summary>
    internal Tensor? PresentCount => mask?.expand(Logits.shape).sum(-1, keepdim: true);

    /// <summary>The logits, 0 where an item is absent. In the caller's scope.</summary>
    internal Tensor PresentLogits => Filled(Logits, 0);

    /// <summary>The leading axes [...].</summary>
    internal long[] Batch => Logits.shape[..^1];

    private ScalarType Wide => Logits.device.WideType();

    /// <summary>Beside numbers below this, noise of the wide type keeps digits enough for ties to be out of question.</summary>
    private const double HoldsNoise = 1e6;

    /// <summary>A logit whose share vanishes beside any given one's, while sums and differences with it stay finite.</summary>
    private double VanishingLogit => Wide == float64 ? -1e300 : -1e30;

    /// <summary>Draws orders.</summary>
    /// <param name="samples">How many, at least 1.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>int64, shape [samples, ..., n]: the item at each place.</returns>
    /// <exception cref="ArgumentOutOfRangeException">samples is less than 1.</exception>
    public Tensor Sample(long samples, Generator generator)
    {
        using var scope = new CallScope(this, generator);
        using var _ = no_grad();
        Check.Samples(samples, nameof(samples));
        ArgumentNullException.ThrowIfNull(generator);
        var logits = RowOffset.TakenFrom(PresentLogits.to(Wide), mask);
        var noise = GumbelNoise.Draw([samples, .. logits.shape], Wide, logits.device, generator);
        var perturbed = logits.Plus(noise);
        if (logits.numel() == 0 || logits.abs().amax().item<double>() < HoldsNoise) return StableOrder(perturbed).MoveToOuterDisposeScope();
        // Logits that swallow the noise are equal where it should have decided: they are sorted by it first, and keep that order.
        var byNoise = StableOrder(noise);
        return byNoise.gather(-1, InOrder(Filled(perturbed, double.NegativeInfinity).gather(-1, byNoise))).MoveToOuterDisposeScope();
    }

    /// <summary>Draws different orders: one after the other, each from what is left of the distribution.</summary>
    /// <remarks>
    /// <para><b>Properties.</b> The sequence is distributed as the first distinct ones of independent draws.</para>
    /// <para><b>Cost.</b> O(samples · n²) time, O(samples · n) memory, however concentrated the distribution is.</para>
    /// <para><b>Source.</b> Kool et al. 2019 (stochastic beam search), over the places of an order.</para>
    /// </remarks>
    /// <param name="samples">How many, at least 1 and at most the number of orders there are.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>int64, shape [samples, ..., n], in the order drawn; within each batch row no order twice.</returns>
    /// <exception cref="ArgumentOutOfRangeException">samples is less than 1, or more than the orders there are.</exception>
    public Tensor SampleWithoutReplacement(long samples, Generator generator)
    {
        Check.Samples(samples, nameof(samples));
        ArgumentNullException.ThrowIfNull(generator);
        using var scope = new CallScope(this, generator);
        using var _ = no_grad();
        var fewest = PresentCount is { } count && count.numel() > 0 ? count.min().item<long>() : Items;
        if (Enumeration.Count(fewest) < samples)
            throw new ArgumentOutOfRangeException(nameof(samples), samples, $"samples must be at most {Enumeration.Count(fewest)}, the number of orders of the {fewest} items of the shortest row, as none may come twice.");
        return OrderBeam.Search(WideLogits(), samples, generator).MoveToOuterDisposeScope();
    }

    /// <summary>The log-probability of orders, or of the first k places of orders.</summary>
    /// <param name="order">The item at each of the first k places, int64, shape [..., k] with 1 ≤ k ≤ n, no item twice; leading
    /// axes, such as a sample axis in front, broadcast with those of the logits.</param>
    /// <returns>Shape [...] after broadcasting; -∞ where an absent item precedes a present one.</returns>
    /// <exception cref="ArgumentException">The order is not int64, has no or more than n places, does not broadcast, or holds an
    /// item twice.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order holds an index outside 0…n-1.</exception>
    public Tensor LogProbability(Tensor order)
    {
        Check.FirstPlaces(order, Batch, Items, nameof(order));
        using var scope = new CallScope(this, order);
        var logits = WideLogits();
        var terms = Terms(logits, order);
        if (mask is null) return terms.sum(-1).to(Logits.dtype).MoveToOuterDisposeScope();
        var absent = Gathered.Entries(mask.logical_not().expand(Logits.shape), order);
        var misplaced = absent.logical_and(Indices(order.size(-1), int64, order.device).lt(PresentCount!)).any(-1);
        return terms.masked_fill(absent, Number(0)).sum(-1).masked_fill(misplaced, Number(double.NegativeInfinity)).to(Logits.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Draws reparameterised, relaxed samples: the relaxation of sorting logits with Gumbel noise.</summary>
    /// <param name="samples">How many, at least 1.</param>
    /// <param name="relaxation">How to relax the sort.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>A relaxed permutation with a leading sample axis, batch shape [samples, ...]. If the relaxation sorts descending,
    /// its <see cref="RelaxedPermutation.Order"/> is an exact sample, up to ties of perturbed logits rounded to their type. In float32 each row is
    /// counted from the one nearest to 0, so that a common offset costs nothing; those more than 10⁴ away from it begin to favour input order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">samples is less than 1.</exception>
    public RelaxedPermutation RelaxedSample(long samples, Relaxation relaxation, Generator generator)
    {
        ArgumentNullException.ThrowIfNull(relaxation);
        using var perturbed = PerturbedForRelaxing(samples, generator);
        return relaxation.Relax(perturbed, mask);
    }

    /// <summary>Draws the perturbed logits l + g, g standard Gumbel noise, whose sort is a sample.</summary>
    /// <remarks><b>Numerics.</b> Added in float64 where the device has it and rounded once to the type of the logits: in float32, logits beyond ±10⁴
    /// begin to lose the noise, a common offset too. <see cref="Sample"/> and <see cref="RelaxedSample"/> do not.</remarks>
    /// <param name="samples">How many, at least 1.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>Shape [samples, ..., n], differentiable in the logits; g alone where an item is absent.</returns>
    /// <exception cref="ArgumentOutOfRangeException">samples is less than 1.</exception>
    public Tensor PerturbedLogits(long samples, Generator generator)
    {
        using var scope = new CallScope(this, generator);
        return Perturbed(PresentLogits.to(Wide), samples, generator).to(Logits.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Draws perturbed logits given the order they sort into: the noise that could have led to a sample.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> With E_m independent standard exponentials and W_m = Σ_{k≥m} exp l[z_k]:
    /// <c>exp(-s[z_i]) = Σ_{m≤i} E_m / W_m</c></para>
    /// <para><b>Properties.</b> Over z from this distribution, s has the distribution of <see cref="PerturbedLogits"/>.</para>
    /// <para><b>Gradient.</b> Reparameterised: in the logits, for fixed E and z. Control variates are built on it.</para>
    /// <para><b>Source.</b> Gadetsky et al. 2020, Proposition 2; Tucker et al. 2017 for the idea.</para>
    /// </remarks>
    /// <param name="order">z, int64, shape [..., n] (each row a permutation); leading axes broadcast with those of the logits.</param>
    /// <param name="generator">The source of randomness, on the logits' device.</param>
    /// <returns>s, shape [..., n] after broadcasting, in the order of the items; 0 where an item is absent.</returns>
    /// <exception cref="ArgumentException">The order is not int64, does not have n places, does not broadcast, or is no permutation.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The order holds an index outside 0…n-1.</exception>
    public Tensor ConditionalPerturbedLogits(Tensor order, Generator generator)
    {
        Check.Order(order, Batch, Items, nameof(order));
        Check.NoItemTwice(order, Items, nameof(order));
        ArgumentNullException.ThrowIfNull(generator);
        using var scope = new CallScope(this, order, generator);
        return Filled(Given(order, generator).Perturbed, 0).to(Logits.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>The same for checked orders, with its derivatives; its tensors are in the caller's scope. Values of absent items mean nothing.</summary>
    internal GivenOrder Given(Tensor order, Generator generator)
    {
        var logits = WideLogits();
        var inOrder = Gathered.Entries(logits, order);
        var remaining = Remaining(logits, inOrder, order);
        var minusLogExponential = GumbelNoise.Draw(inOrder.shape, Wide, Logits.device, generator);
        return new GivenOrder(order.expand(inOrder.shape), inOrder, remaining, minusLogExponential.Plus(remaining).neg());
    }

    /// <summary>Item by item, 0 where absent.</summary>
    internal Tensor ZeroWhereAbsent(Tensor items) => Filled(items, 0);

    /// <summary>Relaxes the sort of perturbed logits, given in the wide type, with this distribution's mask.</summary>
    internal RelaxedPermutation Relaxed(Tensor perturbed, Relaxation relaxation)
    {
        using var narrow = Narrow(perturbed);
        return relaxation.Relax(narrow, mask);
    }

    /// <summary>Orders [..., n] as an operator on values of the logits' type; its tensors are in the caller's scope.</summary>
    internal RelaxedPermutation Exact(Tensor order) => new(new ExactEngine(order, PresentCount, Logits.dtype, descending: true), Logits.dtype);

    /// <summary>The log-probability of checked orders [..., n] in the wide type; that of absent items counts too: they keep their input order.</summary>
    internal Tensor JointLogProbability(Tensor order)
    {
        using var scope = NewDisposeScope();
        return Terms(WideLogits(), order).sum(-1).MoveToOuterDisposeScope();
    }

    /// <summary>The logits in the wide type; those of absent items so far below all others, and each below the one before it, that
    /// these items come last and in input order with probability 1.</summary>
    internal Tensor WideLogits()
    {
        var wide = Logits.to(Wide);
        return mask is null ? wide : where(mask, wide, Indices(Items, Wide, Logits.device).div(Number(Items)).Plus(1).mul(Number(VanishingLogit)));
    }

    private Tensor Filled(Tensor items, double absent) => mask is null ? items : items.masked_fill(mask.logical_not(), Number(absent));

    private Tensor StableOrder(Tensor keys) => InOrder(Filled(keys.detach(), double.NegativeInfinity));

    private static Tensor InOrder(Tensor keys) => keys.sort(dim: -1, descending: true, stable: true).Indices;

    /// <summary>The log-probability of each place's item, given those before it: [..., k].</summary>
    private Tensor Terms(Tensor logits, Tensor order)
    {
        var inOrder = Gathered.Entries(logits, order);
        return inOrder.sub(Remaining(logits, inOrder, order));
    }

    /// <summary>log Σ exp over each place's item, those after it and those in no place: [..., k].</summary>
    private Tensor Remaining(Tensor logits, Tensor inOrder, Tensor order)
    {
        var places = order.size(-1);
        if (places < Items)
        {
            var taken = zeros([.. order.shape[..^1], Items], @bool, device: order.device).scatter(-1, order, ones(order.shape, @bool, device: order.device));
            var rest = logits.masked_fill(taken, Number(2 * VanishingLogit)).logsumexp(-1, keepdim: true);
            inOrder = cat([inOrder, rest], -1);
        }

        return inOrder.flip(-1).logcumsumexp(-1).flip(-1).narrow(-1, 0, places);
    }

    private Tensor PerturbedForRelaxing(long samples, Generator generator)
    {
        using var scope = new CallScope(this, generator);
        return Perturbed(RowOffset.TakenFrom(PresentLogits, mask), samples, generator).MoveToOuterDisposeScope();
    }

    /// <summary>Perturbed logits of the wide type in that of the logits, without the offset of a row; a tensor of its own.</summary>
    private Tensor Narrow(Tensor perturbed)
    {
        if (Logits.dtype == Wide) return perturbed.alias();
        using var scope = NewDisposeScope();
        return RowOffset.TakenFrom(perturbed, mask).to(Logits.dtype).MoveToOuterDisposeScope();
    }

    private static Tensor Perturbed(Tensor logits, long samples, Generator generator)
    {
        Check.Samples(samples, nameof(samples));
        ArgumentNullException.ThrowIfNull(generator);
        using var scope = NewDisposeScope();
        return logits.Plus(GumbelNoise.Draw([samples, .. logits.shape], logits.dtype, logits.device, generator)).MoveToOuterDisposeScope();
    }
}
