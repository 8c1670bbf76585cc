using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>Differentiable k nearest neighbours: says of each candidate how much it belongs to the k nearest of a query.</summary>
/// <remarks>
/// <para><b>Definition.</b> Scores <c>s[j] = -‖q - x[j]‖²</c>; membership <c>m = Σ_{i≤k} P̂(s)[i,·]</c>, the first k rows of their relaxed
/// sort. The weight of a candidate is <c>m[j] / k</c>, or <c>m[j] / d[j]</c> scaled to sum 1 with
/// <see cref="NeighbourWeighting.Distance"/>, where <c>d[j]² = ‖q - x[j]‖² + ε·mean‖q - x‖²</c> and ε the rounding unit of the type
/// computed in: candidates at distance 0 then count for nearly all.</para>
/// <para>Stochastic: the scores are logits of a <see cref="PlackettLuce"/> distribution, and m is averaged over samples of it, each relaxed
/// by the same relaxation at the same temperature.</para>
/// <para><b>Properties.</b> The weights of a query sum to 1 as the relaxation's rows do. As τ → 0, the deterministic weights become those
/// of the exact k nearest.</para>
/// <para><b>Gradient.</b> In queries, candidates and a learned temperature.</para>
/// <para><b>Numerics.</b> Squared distances are <c>‖q‖² + ‖x‖² - 2q·x</c>, clamped at 0, of features shifted by the candidates' mean: their
/// error is about ε of the spread's square, whatever the offset. Where that rounds below 0, as it may between copies, the gradient is 0.
/// float16 and bfloat16 features are computed with in float32; weights come back in their type.</para>
/// <para><b>Cost.</b> One product of matrices and one sort a query: with NeuralSort on the CPU, O(c·(d + log c)) time and O(c) memory for
/// each query, and for each sample.</para>
/// <para><b>Source.</b> Grover et al. 2019, section 6.3 and Eq. 13.</para>
/// </remarks>
public sealed class DifferentiableKnn : nn.Module<Tensor, Tensor, SoftNeighbours>
{
    private readonly Relaxation relaxation;

    /// <summary>Creates the layer, which has nothing to learn but a <see cref="LearnedTemperature"/> that the relaxation may hold.</summary>
    /// <param name="k">The number of neighbours, at least 1.</param>
    /// <param name="relaxation">How to relax the sort, descending; its temperature is in units of squared distance.</param>
    /// <param name="weighting">How much each neighbour counts.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is less than 1, or there is no such weighting.</exception>
    public DifferentiableKnn(long k, Relaxation relaxation, NeighbourWeighting weighting = NeighbourWeighting.Uniform)
        : base(nameof(DifferentiableKnn))
    {
        if (k < 1) throw new ArgumentOutOfRangeException(nameof(k), k, "k must be at least 1.");
        ArgumentNullException.ThrowIfNull(relaxation);
        if (!Enum.IsDefined(weighting))
            throw new ArgumentOutOfRangeException(nameof(weighting), weighting, $"weighting must be one of: {string.Join(", ", Enum.GetNames<NeighbourWeighting>())}.");
        (K, this.relaxation, Weighting) = (k, relaxation, weighting);
        relaxation.RegisterTemperature(this);
    }

    /// <summary>The number of neighbours k.</summary>
    public long K { get; }

    /// <summary>How much each neighbour counts.</summary>
    public NeighbourWeighting Weighting { get; }

    /// <summary>Finds the neighbours of queries among candidates.</summary>
    /// <param name="queries">Features, shape [..., q, d], floating point.</param>
    /// <param name="candidates">Features, shape [c, d] or [..., c, d] with c ≥ k; leading axes broadcast with those of the queries.</param>
    /// <returns>The weights of all candidates for each query, in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The features have fewer than two axes, different or other element types, devices or d, or
    /// leading axes that do not broadcast; or the relaxation sorts ascending.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than k candidates.</exception>
    public override SoftNeighbours forward(Tensor queries, Tensor candidates) =>
        Weighed(queries, candidates, scores => Membership(relaxation.Relax(scores)));

    /// <summary>Finds the neighbours of queries among candidates in sampled orders of the candidates.</summary>
    /// <param name="queries">Features, shape [..., q, d], floating point, finite.</param>
    /// <param name="candidates">Features, shape [c, d] or [..., c, d] with c ≥ k, finite; leading axes broadcast with those of the queries.</param>
    /// <param name="samples">How many orders to draw for each query, at least 1.</param>
    /// <param name="generator">The source of randomness, on the features' device.</param>
    /// <returns>The weights of all candidates for each query, averaged over the samples, in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">As without samples; or a squared distance is not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than k candidates, or samples is less than 1.</exception>
    public SoftNeighbours forward(Tensor queries, Tensor candidates, long samples, Generator generator)
    {
        Check.Samples(samples, nameof(samples));
        ArgumentNullException.ThrowIfNull(generator);
        return Weighed(queries, candidates, scores =>
            Membership(new PlackettLuce(scores).RelaxedSample(samples, relaxation, generator)).mean([0]));
    }

    private SoftNeighbours Weighed(Tensor queries, Tensor candidates, Func<Tensor, Tensor> membership)
    {
        Check.Features(queries, nameof(queries));
        Check.Candidates(candidates, queries, nameof(candidates));
        Check.Places(K, candidates.size(-2), "k");
        using var scope = new CallScope(this, queries, candidates, membership);
        var squared = SquaredDistances(queries.AtLeastSingle(), candidates.AtLeastSingle());
        var members = membership(squared.neg());
        var weights = Weighting == NeighbourWeighting.Uniform ? members.div(Number(K)) : ByDistance(members, squared);
        return new SoftNeighbours(weights.As(queries.dtype).MoveToOuterDisposeScope());
    }

    private Tensor Membership(RelaxedPermutation permutation)
    {
        using var _ = permutation;
        if (!permutation.Descending)
            throw new ArgumentException("The relaxation must sort descending, so that the nearest come first; it sorts ascending.");
        return permutation.TopK(K);
    }

    /// <summary>‖q - x‖², [..., q, c].</summary>
    private static Tensor SquaredDistances(Tensor queries, Tensor candidates)
    {
        var centre = candidates.detach().mean([-2], keepdim: true); // distances do not depend on it, rounding does
        var (q, x) = (queries.sub(centre), candidates.sub(centre));
        var squares = q.Squared().sum(-1, keepdim: true).Plus(x.Squared().sum(-1).unsqueeze(-2));
        return squares.sub(q.matmul(x.transpose(-1, -2)).mul(Number(2))).clamp_min(Number(0));
    }

    private static Tensor ByDistance(Tensor members, Tensor squared)
    {
        var spread = squared.mean([-1], keepdim: true);
        var floor = spread.mul(Number(finfo(squared.dtype).eps)).masked_fill(spread.eq(Number(0)), Number(1)); // all in one point: all the same
        var shares = members.div(squared.Plus(floor).sqrt());
        return shares.div(shares.sum(-1, keepdim: true));
    }
}

/// <summary>How much each of the k nearest neighbours counts.</summary>
public enum NeighbourWeighting
{
    /// <summary>All count the same.</summary>
    Uniform,

    /// <summary>Each counts by the inverse of its Euclidean distance.</summary>
    Distance,
}
