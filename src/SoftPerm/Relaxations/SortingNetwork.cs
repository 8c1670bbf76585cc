using System.Numerics;
using SoftPerm.Autograd;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Kernels.SortingNetworks;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>A differentiable sorting network: relaxes each exchange of two items, and with them the permutation that sorts.</summary>
/// <remarks>
/// <para><b>Definition.</b> In each layer of the network, items meet in pairs. Scores a and b become <c>α a + (1-α) b</c> and
/// <c>(1-α) a + α b</c> with <c>α = f((a - b) / τ)</c>, f the swap function; P is the product of all these mixtures.</para>
/// <para><b>Properties.</b> Rows and columns sum to 1. P(s + c) = P(s). τ → 0 gives the exact permutation where no scores are equal;
/// equal scores are mixed by halves. With a monotonic swap function, no entry of P s falls as a score rises. The order in which items are
/// given matters, and the largest entry of a row need not be at the item that belongs there: <see cref="RelaxedPermutation.Order"/> is
/// the exact sort.</para>
/// <para><b>Gradient.</b> In the scores, the temperature and the values, through all layers. Second derivatives need
/// <see cref="TwiceDifferentiable"/>. Values must not be changed in place before the backward pass: on the CPU that is not detected.</para>
/// <para><b>Numerics.</b> Computed in double precision, from scores counted from the one nearest to 0. Entries of P may be 0: in
/// <see cref="RelaxedPermutation.LogMatrix"/> and <see cref="RelaxedPermutation.CrossEntropy"/> they count as the smallest normal number of
/// the type, with no gradient. A NaN score makes its own batch row NaN and no other. Infinite and absent items stay outside the network,
/// which is that of the others alone: +∞ first, -∞ last, each alone in its place; where several share a sign their rows are NaN.</para>
/// <para><b>Cost.</b> With c comparators, n(n-1)/2 (odd-even) or about n log²(n)/4 (bitonic): O(c) time and memory for the scores and
/// for <see cref="ISoftOrdering.Sort"/>, O(c d) time for an operator on d columns, O(c n) for
/// <see cref="RelaxedPermutation.Matrix"/> and <see cref="RelaxedPermutation.CrossEntropy"/>.</para>
/// <para><b>Source.</b> Petersen, Borgelt, Kuehne, Deussen, ICML 2021; ICLR 2022 for the monotonic functions. 1/τ is their steepness;
/// derivation in docs/math/sorting-networks.md.</para>
/// </remarks>
public sealed class SortingNetwork : IRelaxation
{
    private readonly Temperature temperature;

    /// <summary>A network at a fixed temperature.</summary>
    /// <param name="temperature">τ, positive and finite, in units of the scores.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public SortingNetwork(double temperature, bool descending = true) => (this.temperature, Descending) = (new Temperature(temperature), descending);

    /// <summary>A network at a temperature held in a tensor, which may be learned.</summary>
    /// <param name="temperature">τ, positive and finite: a single number or one for each batch row, broadcasting to the batch
    /// shape [...] of the scores. Stays the caller's; read anew at each <see cref="Relax"/>.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    public SortingNetwork(Tensor temperature, bool descending = true) => (this.temperature, Descending) = (new Temperature(temperature), descending);

    /// <summary>Which items meet, and in what order; odd-even unless given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such layout.</exception>
    public NetworkLayout Layout
    {
        get;
        init
        {
            if (!Enum.IsDefined(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "Layout must be OddEven or Bitonic.");
            field = value;
        }
    }

    /// <summary>f, by which items change places; Cauchy unless given.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such function.</exception>
    public SwapFunction Swap
    {
        get;
        init
        {
            if (!Enum.IsDefined(value))
                throw new ArgumentOutOfRangeException(nameof(value), value, $"Swap must be one of {string.Join(", ", Enum.GetNames<SwapFunction>())}.");
            field = value;
        }
    }

    /// <inheritdoc/>
    public bool Descending { get; }

    /// <summary>Whether second derivatives are wanted: composes tensor operations instead of using kernels.</summary>
    public bool TwiceDifferentiable { get; init; }

    /// <inheritdoc/>
    public RelaxedPermutation Relax(Tensor scores, Tensor? mask = null)
    {
        Check.Scores(scores, nameof(scores));
        if (mask is not null) Check.Mask(mask, scores, nameof(mask));
        temperature.CheckFor(scores);
        using var scope = new CallScope(this, scores, mask);
        var temperatures = temperature.For(scores);
        if (scores.device.type != DeviceType.CPU || TwiceDifferentiable) return Compose(scores, temperatures, mask).MoveToOuterDisposeScope();
        return scores.dtype == float32 ? InKernels<float>(scores, temperatures, mask) : InKernels<double>(scores, temperatures, mask);
    }

    private ComposedNetworkPermutation Compose(Tensor scores, Tensor temperatures, Tensor? mask) =>
        ComposedNetworkPermutation.Of(scores, temperatures, mask, Descending, Layers, Swap);

    private KernelPermutation<T> InKernels<T>(Tensor scores, Tensor temperatures, Tensor? mask)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var given = scores.detach().contiguous();
        NetworkOperators<T> Create(SortedItems sorted, int threads) =>
            new(sorted, new ItemMatrix<T>(given.Buffer<T>(), sorted.Items, 1), Layers, ScorePass.Of((NetworkSwap)Swap), threads);
        var permutation = new NetworkPermutation<T>(scores, temperatures, mask, Descending, Create, Compose);
        GC.KeepAlive(given);
        return permutation.MoveToOuterDisposeScope();
    }

    private IEnumerable<NetworkLayer> Layers(int wires) => Layout == NetworkLayout.Bitonic ? NetworkLayer.Bitonic(wires) : NetworkLayer.OddEven(wires);
}
