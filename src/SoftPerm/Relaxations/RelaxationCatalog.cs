namespace SoftPerm;

/// <summary>The relaxations of sorting and ranking, by name, with what each declares.</summary>
public static class RelaxationCatalog
{
    /// <summary>All of them, in the order of the documentation.</summary>
    public static IReadOnlyList<KnownRelaxation> All { get; } =
    [
        NeuralSort.Known,
        SoftSort.Known,
        SoftSort.KnownSquared,
        SinkhornSort.Known,
        LapSum.Known,
        Permutahedron.Known,
        Permutahedron.KnownEntropic,
        SortingNetwork.Known,
        SortingNetwork.KnownBitonic,
    ];

    /// <summary>The relaxation of a name.</summary>
    /// <param name="name">A <see cref="KnownRelaxation.Name"/> of <see cref="All"/>.</param>
    /// <exception cref="ArgumentException">No relaxation has this name.</exception>
    public static KnownRelaxation Of(string name) => All.FirstOrDefault(known => known.Name == name)
        ?? throw new ArgumentException($"There is no relaxation '{name}'; choose one of: {string.Join(", ", All.Select(known => known.Name))}.", nameof(name));
}
