using System.Reflection;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>Every relaxation of the catalog, in kernels and, where there are two, composed of tensor operations.</summary>
public static class Variants
{
    private const string Composed = " composed";

    // Those of this project too: a newcomer's relaxation is found by what it says of itself.
    private static readonly KnownRelaxation[] Entries =
    [
        .. RelaxationCatalog.All,
        .. typeof(Variants).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(SoftOrdering)))
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Static))
            .Where(property => property.PropertyType == typeof(KnownRelaxation)).Select(property => (KnownRelaxation)property.GetValue(null)!),
    ];

    /// <summary>The names of all variants.</summary>
    public static TheoryData<string> Orderings => [.. Entries.Select(known => known.Name), .. Entries.Where(known => known.CreateComposed is not null).Select(known => known.Name + Composed)];

    /// <summary>Those with a matrix.</summary>
    public static TheoryData<string> All => With(RelaxationProperties.Matrix);

    /// <summary>The variants that declare some property.</summary>
    public static TheoryData<string> With(RelaxationProperties property) => [.. Orderings.Select(variant => variant.Data).Where(variant => Known(variant).Properties.HasFlag(property))];

    /// <summary>What the catalog says of a variant.</summary>
    public static KnownRelaxation Known(string variant) => Entries.Single(known => known.Name == variant.Replace(Composed, "", StringComparison.Ordinal));

    /// <summary>Makes a variant.</summary>
    public static SoftOrdering Ordering(string variant, Temperature temperature, bool descending = true) => variant.EndsWith(Composed, StringComparison.Ordinal)
        ? Known(variant).CreateComposed!(temperature, descending)
        : Known(variant).Create(temperature, descending);

    /// <summary>Makes a variant that has a matrix.</summary>
    public static Relaxation Create(string variant, Temperature temperature, bool descending = true) => (Relaxation)Ordering(variant, temperature, descending);

    /// <summary>Makes a variant and relaxes scores, at a temperature of 1 unless another is given.</summary>
    public static RelaxedPermutation Relax(string variant, Tensor scores, double temperature = 1, Tensor? mask = null, bool descending = true) =>
        Create(variant, temperature, descending).Relax(scores, mask);
}
