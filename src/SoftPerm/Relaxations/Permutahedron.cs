using System.Numerics;
using SoftPerm.Autograd;
using SoftPerm.Kernels.Permutahedron;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>Soft sorting and ranking by projection onto the permutahedron, without a matrix.</summary>
/// <remarks>
/// <para><b>Definition.</b> P(w) is the convex hull of all orders of w, and proj(z, w) the point of it closest to z. With n values x and
/// places (n-1, …, 0): the softly sorted values are <c>proj((n-1, …, 0) / τ, x)</c>; the ranks, <c>proj(-x / τ, (n-1, …, 0))</c>, of which
/// 0 is the largest value's; the choice of k, <c>proj(x / τ, (1, …, 1, 0, …, 0))</c>. Entropic: closest is
/// <c>log argmin KL(exp y, exp z)</c> over the hull of exp w.</para>
/// <para><b>Properties.</b> Results keep the sum of w (quadratic) or that of its exponentials (entropic: ranks have <c>Σ exp = Σ_{i&lt;n} exp
/// i</c>, a choice <c>k e + n - k</c>, and so memberships that sum to k at least, to k if they are exact, and to <c>n log(1 + k (e - 1) / n)</c>
/// at most). They fall in the order of the values, and are exact below a temperature that is above 0: for ranks the smallest gap between
/// values, for sorting the inverse of the largest. Hot, all values and all ranks are their mean (entropic: the logarithm of their mean
/// exponential), and so are at every temperature the ranks of equal values.</para>
/// <para><b>Gradient.</b> In the values and the temperature, exact: the Jacobian is a mean over blocks of neighbours that the projection
/// pools. Where no neighbours are pooled, ranks have no gradient. Where pooling changes nothing, the gradient is that of one side;
/// which one may depend on a rounding (gaps of 0.1 at τ = 0.1), and then on a mask or the rest of the batch. Second derivatives are not
/// supported. Ranks and memberships of equal values have equal gradients, if those on them are equal; softly sorted, equal values take
/// their places in the order given, and with them the gradients on these.</para>
/// <para><b>Numerics.</b> Computed in double precision. An infinite value has its own place; the ranks of several of one sign are NaN. Equal
/// values have equal ranks and memberships, to the last digit and at every temperature.</para>
/// <para><b>Cost.</b> O(n log n) time for the sort, O(n) for the projection and for the gradient, O(n) memory. Lists of up to 8 finite values
/// without a mask, at a temperature that is not learned, are treated side by side in SIMD lanes. On other devices than the CPU values are
/// brought there and back.</para>
/// <para><b>Source.</b> Blondel, Teboul, Berthet, Djolonga, ICML 2020, Definition 2 and Propositions 3 to 5; docs/math/permutahedron.md. The
/// entropic ranks of the library fast-soft-sort keep their sum, since it projects onto log w and takes exponentials: they are others.</para>
/// </remarks>
public sealed class Permutahedron : ISoftOrdering
{
    private readonly Temperature temperature;

    /// <summary>Projections of a fixed strength.</summary>
    /// <param name="temperature">τ, called ε in the source; positive and finite: in units of the values for <see cref="Rank"/> and
    /// <see cref="TopK"/>, in their inverse for <see cref="Sort"/> and <see cref="Quantile"/>.</param>
    /// <param name="descending">Whether the first place holds the largest value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public Permutahedron(double temperature, bool descending = true) => (this.temperature, Descending) = (new Temperature(temperature), descending);

    /// <summary>Projections of a strength held in a tensor, which may be learned.</summary>
    /// <param name="temperature">τ, positive and finite: a single number or one for each batch row, broadcasting to the batch
    /// shape [...] of the values. Stays the caller's; read anew at each call.</param>
    /// <param name="descending">Whether the first place holds the largest value.</param>
    public Permutahedron(Tensor temperature, bool descending = true) => (this.temperature, Descending) = (new Temperature(temperature), descending);

    /// <inheritdoc/>
    public bool Descending { get; }

    /// <summary>What a projection minimizes.</summary>
    public PermutahedronRegularization Regularization { get; init; }

    /// <inheritdoc/>
    public Tensor Sort(Tensor values, Tensor? mask = null) => Project(values, mask, ProjectionTarget.Sort, Descending);

    /// <inheritdoc/>
    public Tensor Rank(Tensor values, Tensor? mask = null) => Project(values, mask, ProjectionTarget.Rank, !Descending);

    /// <inheritdoc/>
    public Tensor TopK(Tensor values, long k, Tensor? mask = null)
    {
        Check.Scores(values, nameof(values));
        Check.Places(k, values.size(-1), nameof(k));
        return Project(values, mask, ProjectionTarget.TopK(checked((int)k)), Descending);
    }

    /// <inheritdoc/>
    public Tensor Quantile(Tensor values, double quantile, Tensor? mask = null)
    {
        Check.Quantile(quantile, nameof(quantile));
        using var scope = new CallScope(this, values, mask);
        var sorted = Sort(values, mask);
        var places = QuantilePlaces.Of(quantile, Descending, values.size(-1), mask?.expand(values.shape).sum(-1, keepdim: true), values.dtype, values.device);
        var ends = sorted.gather(-1, places.Places.expand([.. values.shape[..^1], places.Places.size(-1)]));
        return places.Mean(ends.unsqueeze(-1)).squeeze(-1).MoveToOuterDisposeScope();
    }

    private Tensor Project(Tensor values, Tensor? mask, ProjectionTarget target, bool largestFirst)
    {
        Check.Scores(values, nameof(values));
        if (mask is not null) Check.Mask(mask, values, nameof(mask));
        temperature.CheckFor(values);
        using var scope = new CallScope(this, values, mask);
        Tensor here = values.cpu(), temperatures = temperature.For(values).to(float64).cpu();
        var present = mask?.cpu().expand(values.shape).contiguous();
        var result = values.dtype == float32
            ? InKernels<float>(here, temperatures, present, target, largestFirst)
            : InKernels<double>(here, temperatures, present, target, largestFirst);
        return result.to(values.device).MoveToOuterDisposeScope();
    }

    private Tensor InKernels<T>(Tensor values, Tensor temperatures, Tensor? present, ProjectionTarget target, bool largestFirst)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Tensor given = values.detach().contiguous(), perBatch = temperatures.detach().contiguous();
        var items = checked((int)values.size(-1));
        var batch = new ScoreBatch<T>(
            given.Buffer<T>(), present is null ? default : present.Buffer<bool>(), perBatch.Buffer<double>(), items, largestFirst);
        var isEntropic = Regularization == PermutahedronRegularization.Entropic;
        var operators = PermutahedronOperators<T>.Of(batch, target, isEntropic, temperatures.requires_grad, get_num_threads());
        var result = empty(values.shape, values.dtype);
        operators.Forward(new ItemMatrix<T>(result.Buffer<T>(), items, 1));
        GC.KeepAlive(given);
        GC.KeepAlive(perBatch);
        GC.KeepAlive(present);
        var backward = new KernelBackward<T>([operators], values.shape, [], null, temperatures.requires_grad, (upstream, _, scores, taus) =>
            operators.Backward(new ItemMatrix<T>(upstream, items, 1), new ItemMatrix<T>(scores, items, 1), taus));
        return temperatures.requires_grad ? FusedNode.Attach(result, backward, values, temperatures) : FusedNode.Attach(result, backward, values);
    }
}
