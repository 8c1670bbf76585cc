using System.Numerics;
using SoftPerm.Kernels.Permutahedron;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Relaxations;

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
public sealed class Permutahedron : SoftOrdering
{
    /// <summary>Projections of a strength.</summary>
    /// <param name="temperature">τ: a number, a tensor or a <see cref="LearnedTemperature"/>; called ε in the source; in units of the values for
    /// ranks and memberships, in their inverse for sorted values and quantiles.</param>
    /// <param name="descending">Whether the first place holds the largest value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public Permutahedron(Temperature temperature, bool descending = true) : base(temperature, descending)
    {
    }

    /// <summary>What a projection minimizes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such regularization.</exception>
    public PermutahedronRegularization Regularization
    {
        get;
        init
        {
            if (!Enum.IsDefined(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "Regularization must be Quadratic or Entropic.");
            field = value;
        }
    }

    /// <inheritdoc/>
    public override RelaxationProperties Properties =>
        RelaxationProperties.ShiftInvariant | RelaxationProperties.MonotoneOutput | RelaxationProperties.PermutationEquivariant
        | (Regularization == PermutahedronRegularization.Entropic ? 0 : RelaxationProperties.ScaleEquivariant | RelaxationProperties.UniformWhenHot);

    /// <summary>What the catalog knows of quadratic projections.</summary>
    public static KnownRelaxation Known { get; } = new("permutahedron", "Permutahedron, quadratic", "Blondel et al. 2020", temperatureUnit: "s or 1/s",
        (temperature, descending) => new Permutahedron(temperature, descending),
        (deviation, items) => (deviation / items).mul(Number(4)))
    {
        SortsByInverseTemperature = true,
    };

    /// <summary>What the catalog knows of entropic projections.</summary>
    public static KnownRelaxation KnownEntropic { get; } = Known with
    {
        Name = "permutahedron-entropic",
        Title = "Permutahedron, entropic",
        Create = (temperature, descending) => new Permutahedron(temperature, descending) { Regularization = PermutahedronRegularization.Entropic },
    };

    internal override Tensor SortCore(Tensor values, Tensor? mask) => Project(values, mask, ProjectionTarget.Sort, Descending);

    internal override Tensor RankCore(Tensor values, Tensor? mask) => Project(values, mask, ProjectionTarget.Rank, !Descending);

    internal override Tensor TopKCore(Tensor values, long k, Tensor? mask) =>
        Project(values, mask, ProjectionTarget.TopK(checked((int)k)), Descending);

    internal override Tensor QuantileCore(Tensor values, double quantile, Tensor? mask)
    {
        var sorted = SortCore(values, mask);
        var places = QuantilePlaces.Of(quantile, Descending, values.size(-1), mask?.expand(values.shape).sum(-1, keepdim: true), values.dtype, values.device);
        var ends = sorted.gather(-1, places.Places.expand([.. values.shape[..^1], places.Places.size(-1)]));
        return places.Mean(ends.unsqueeze(-1)).squeeze(-1);
    }

    private Tensor Project(Tensor values, Tensor? mask, ProjectionTarget target, bool largestFirst)
    {
        Tensor here = values.cpu(), temperatures = TemperaturesOf(values).to(float64).cpu();
        var present = mask?.cpu().expand(values.shape).contiguous();
        var result = values.dtype == float32
            ? InKernels<float>(here, temperatures, present, target, largestFirst)
            : InKernels<double>(here, temperatures, present, target, largestFirst);
        return result.to(values.device);
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
        return KernelNode.Attach<T>(result, [operators], [], (upstream, _, scores, taus) =>
            operators.Backward(new ItemMatrix<T>(upstream, items, 1), new ItemMatrix<T>(scores, items, 1), taus), values, values.shape, null, temperatures);
    }
}

/// <summary>What a projection onto the permutahedron minimizes.</summary>
public enum PermutahedronRegularization
{
    /// <summary>Half the squared distance: piecewise linear. Results keep their sum: memberships that of k, ranks n (n - 1) / 2.</summary>
    Quadratic,

    /// <summary>The Kullback-Leibler divergence between exponentials: smooth within blocks. Results keep the sum of their exponentials, and
    /// their own sum is at least that of the exact ones: memberships sum to k or more.</summary>
    Entropic,
}
