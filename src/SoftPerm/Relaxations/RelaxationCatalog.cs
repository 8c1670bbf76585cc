namespace SoftPerm;

/// <summary>The relaxations of sorting and ranking, by name, with what each declares.</summary>
public static class RelaxationCatalog
{
    private const RelaxationProperties Sorting =
        RelaxationProperties.Matrix | RelaxationProperties.ArgmaxSorts | RelaxationProperties.Unimodal | RelaxationProperties.ShiftInvariant
        | RelaxationProperties.MonotoneOutput | RelaxationProperties.UniformWhenHot | RelaxationProperties.PermutationEquivariant;

    private static readonly OrderedDictionary<string, KnownRelaxation> Known = new()
    {
        ["neural-sort"] = new(
            "neural-sort", "NeuralSort", "Grover et al. 2019", "O(n log n)", "O(n)", "s", Sorting,
            (temperature, descending) => new NeuralSort(temperature, descending), (deviation, _) => deviation),
        ["soft-sort"] = new(
            "soft-sort", "SoftSort, power 1", "Prillo and Eisenschlos 2020", "O(n log n)", "O(n)", "s", Sorting,
            (temperature, descending) => new SoftSort(temperature, descending), (deviation, items) => deviation / items.sqrt()),
        ["soft-sort-squared"] = new(
            "soft-sort-squared", "SoftSort, power 2", "Prillo and Eisenschlos 2020", "O(n log n)", "O(n)", "s²", Sorting,
            (temperature, descending) => new SoftSort(temperature, descending) { Power = 2 }, (deviation, items) => deviation.square() / items),
        ["sinkhorn"] = new(
            "sinkhorn", "Sinkhorn sort", "Cuturi et al. 2019", "O(k n log n)", "O(k n)", "s",
            RelaxationProperties.Matrix | RelaxationProperties.ShiftInvariant | RelaxationProperties.MonotoneOutput
            | RelaxationProperties.UniformWhenHot | RelaxationProperties.PermutationEquivariant,
            (temperature, descending) => new SinkhornSort(temperature, descending), (deviation, _) => deviation),
        ["permutahedron"] = new(
            "permutahedron", "Permutahedron, quadratic", "Blondel et al. 2020", "O(n log n)", "O(n)", "s or 1/s",
            RelaxationProperties.ShiftInvariant | RelaxationProperties.MonotoneOutput | RelaxationProperties.UniformWhenHot
            | RelaxationProperties.PermutationEquivariant,
            (temperature, descending) => new Permutahedron(temperature, descending), (deviation, items) => 4 * deviation / items) { SortsByInverseTemperature = true },
        ["permutahedron-entropic"] = new(
            "permutahedron-entropic", "Permutahedron, entropic", "Blondel et al. 2020", "O(n log n)", "O(n)", "s or 1/s",
            RelaxationProperties.ShiftInvariant | RelaxationProperties.MonotoneOutput | RelaxationProperties.PermutationEquivariant,
            (temperature, descending) => new Permutahedron(temperature, descending) { Regularization = PermutahedronRegularization.Entropic },
            (deviation, items) => 4 * deviation / items) { SortsByInverseTemperature = true },
    };

    /// <summary>All of them, in the order of the documentation.</summary>
    public static IReadOnlyList<KnownRelaxation> All { get; } = [.. Known.Values];

    /// <summary>The relaxation of a name.</summary>
    /// <param name="name">A <see cref="KnownRelaxation.Name"/> of <see cref="All"/>.</param>
    /// <exception cref="ArgumentException">No relaxation has this name.</exception>
    public static KnownRelaxation Of(string name) => Known.TryGetValue(name, out var relaxation)
        ? relaxation
        : throw new ArgumentException($"There is no relaxation '{name}'; choose one of: {string.Join(", ", Known.Keys)}.", nameof(name));
}
