using SoftPerm.Kernels.SortingNetworks;
using SoftPerm.Relaxations;

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
/// <see cref="Relaxation.TwiceDifferentiable"/>. Values must not be changed in place before the backward pass: on the CPU that is not detected.</para>
/// <para><b>Numerics.</b> Computed in double precision, from scores counted from the one nearest to 0. Entries of P may be 0: in
/// <see cref="RelaxedPermutation.LogMatrix"/> and <see cref="RelaxedPermutation.CrossEntropy"/> they count as the smallest normal number of
/// the type, with no gradient. A NaN score makes its own batch row NaN and no other. Infinite and absent items stay outside the network,
/// which is that of the others alone: +∞ first, -∞ last, each alone in its place; where several share a sign their rows are NaN.</para>
/// <para><b>Cost.</b> With c comparators, n(n-1)/2 (odd-even) or about n log²(n)/4 (bitonic): O(c) time and memory for the scores and
/// for <see cref="SoftOrdering.Sort"/>, O(c d) time for an operator on d columns, O(c n) for
/// <see cref="RelaxedPermutation.Matrix"/> and <see cref="RelaxedPermutation.CrossEntropy"/>.</para>
/// <para><b>Source.</b> Petersen, Borgelt, Kuehne, Deussen, ICML 2021; ICLR 2022 for the monotonic functions. 1/τ is their steepness;
/// derivation in docs/math/sorting-networks.md.</para>
/// </remarks>
public sealed class SortingNetwork : Relaxation
{
    /// <summary>A network at a temperature.</summary>
    /// <param name="temperature">τ: a number, a tensor or a <see cref="LearnedTemperature"/>; in units of the scores.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <exception cref="ArgumentOutOfRangeException">The temperature is not positive and finite.</exception>
    public SortingNetwork(Temperature temperature, bool descending = true) : base(temperature, descending)
    {
    }

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
    public override RelaxationProperties Properties =>
        RelaxationProperties.Matrix | RelaxationProperties.DoublyStochastic | RelaxationProperties.ShiftInvariant | RelaxationProperties.ScaleEquivariant;

    /// <summary>What the catalog knows of odd-even networks.</summary>
    public static KnownRelaxation Known { get; } = new("odd-even", "Sorting network, odd-even", "Petersen et al. 2021", temperatureUnit: "s",
        (temperature, descending) => new SortingNetwork(temperature, descending),
        (deviation, items) => deviation / items)
    {
        Time = "O(n²)",
        Memory = "O(n²)",
        CreateComposed = (temperature, descending) => new SortingNetwork(temperature, descending) { TwiceDifferentiable = true },
    };

    /// <summary>What the catalog knows of bitonic networks.</summary>
    public static KnownRelaxation KnownBitonic { get; } = Known with
    {
        Name = "bitonic",
        Title = "Sorting network, bitonic",
        Time = "O(n log² n)",
        Memory = "O(n log² n)",
        Create = (temperature, descending) => new SortingNetwork(temperature, descending) { Layout = NetworkLayout.Bitonic },
        CreateComposed = (temperature, descending) => new SortingNetwork(temperature, descending) { Layout = NetworkLayout.Bitonic, TwiceDifferentiable = true },
    };

    private protected override KernelFactory<T> Kernels<T>()
    {
        var threads = get_num_threads();
        return (sorted, scores) => new NetworkOperators<T>(sorted, scores, Layers, ScorePass.Of(Swap), threads);
    }

    private protected override PermutationEngine Compose(Tensor scores, Tensor temperatures, Tensor? mask) =>
        new NetworkEngine(scores, temperatures, mask, Descending, Layers, Swap);

    private IEnumerable<NetworkLayer> Layers(int wires) => Layout == NetworkLayout.Bitonic ? NetworkLayer.Bitonic(wires) : NetworkLayer.OddEven(wires);
}

/// <summary>Which items of a <see cref="SortingNetwork"/> meet, and in what order.</summary>
public enum NetworkLayout
{
    /// <summary>Odd-even transposition: n layers in which neighbours meet.</summary>
    OddEven,

    /// <summary>Bitonic sorting: k(k+1)/2 layers for up to 2^k items. Items missing from a power of two lose to all others.</summary>
    Bitonic,
}
