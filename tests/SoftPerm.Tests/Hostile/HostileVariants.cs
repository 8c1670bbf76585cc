using SoftPerm.Tests.Relaxations.Conformance;

namespace SoftPerm.Tests.Hostile;

/// <summary>Every relaxation of the catalog, in kernels and composed of tensor operations, as <see cref="SoftOptions"/> takes it.</summary>
internal static class HostileVariants
{
    /// <summary>Their names.</summary>
    public static string[] Names { get; } = [.. Variants.Orderings.Select(row => row.Data)];

    /// <summary>Those in kernels.</summary>
    public static IEnumerable<string> InKernels => Names.Where(variant => !IsComposed(variant));

    /// <summary>Those composed of tensor operations.</summary>
    public static IEnumerable<string> InTensorOperations => Names.Where(IsComposed);

    /// <summary>The longest rows: tensor operations keep n² numbers for each of many steps.</summary>
    public static int Longest(string variant) => IsComposed(variant) ? 60 : 300;

    /// <summary>Whether a variant is composed of tensor operations.</summary>
    public static bool IsComposed(string variant) => variant.EndsWith("composed", StringComparison.Ordinal);

    /// <summary>Whether a variant has a matrix.</summary>
    public static bool HasMatrix(string variant) => Variants.Known(variant).Properties.HasFlag(RelaxationProperties.Matrix);

    /// <summary>Whether a variant is a sorting network.</summary>
    public static bool IsNetwork(string variant) => Variants.Known(variant).Name is "odd-even" or "bitonic";

    /// <summary>The relaxation of a name.</summary>
    public static KnownRelaxation Of(string variant) =>
        Variants.Known(variant) with { Create = (temperature, descending) => Variants.Ordering(variant, temperature, descending) };
}
