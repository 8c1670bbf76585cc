using SoftPerm.Tests.Relaxations.Conformance;

namespace SoftPerm.Tests.Hostile;

/// <summary>Every relaxation of the catalog, in kernels and composed of tensor operations, as <see cref="SoftCase"/> takes it.</summary>
internal static class HostileVariants
{
    /// <summary>Their names.</summary>
    public static string[] Names { get; } = [.. Variants.Orderings.Select(row => row.Data).Where(variant => RelaxationCatalog.All.Contains(Variants.Known(variant)))];

    /// <summary>Those in kernels.</summary>
    public static IEnumerable<string> InKernels => Names.Where(variant => !IsComposed(variant));

    /// <summary>Those composed of tensor operations.</summary>
    public static IEnumerable<string> InTensorOperations => Names.Where(IsComposed);

    /// <summary>The longest rows: tensor operations keep n² numbers for each of many steps.</summary>
    public static int Longest(string variant) => IsComposed(variant) ? 60 : 300;

    /// <summary>Whether a variant is composed of tensor operations.</summary>
    public static bool IsComposed(string variant) => variant.EndsWith("composed", StringComparison.Ordinal);

    /// <summary>Whether a variant has a member.</summary>
    public static bool Takes(string variant, HostileMember member) =>
        (!member.NeedsMatrix || HasMatrix(variant)) && (!member.NeedsEquivariance || !IsNetwork(variant));

    /// <summary>Whether equal values share the mean of their ranks: the entropic permutahedron takes that of exponentials, and networks read
    /// the order in which values are given.</summary>
    public static bool SharesRanks(string variant) => !IsNetwork(variant) && !IsEntropic(variant);

    /// <summary>Whether a variant is NeuralSort, or built on it.</summary>
    public static bool IsNeuralSort(string variant) => Variants.Known(variant).Name is "neural-sort" or "sinkhorn";

    /// <summary>Whether a variant keeps sums of exponentials.</summary>
    public static bool IsEntropic(string variant) => Variants.Known(variant).Name == "permutahedron-entropic";

    /// <summary>Whether a variant has a matrix.</summary>
    public static bool HasMatrix(string variant) => Variants.Known(variant).Properties.HasFlag(RelaxationProperties.Matrix);

    /// <summary>Whether a variant is a sorting network.</summary>
    public static bool IsNetwork(string variant) => Variants.Known(variant).Name is "odd-even" or "bitonic";

    /// <summary>The relaxation of a name.</summary>
    public static KnownRelaxation Of(string variant) =>
        Variants.Known(variant) with { Create = (temperature, descending) => Variants.Ordering(variant, temperature, descending) };
}
