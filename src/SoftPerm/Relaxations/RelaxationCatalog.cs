namespace SoftPerm;

/// <summary>The relaxations of sorting and ranking, by name, with what each declares.</summary>
public static class RelaxationCatalog
{
    private const RelaxationProperties Sorting =
        RelaxationProperties.Matrix | RelaxationProperties.ArgmaxSorts | RelaxationProperties.Unimodal | RelaxationProperties.ShiftInvariant
        | RelaxationProperties.MonotoneOutput | RelaxationProperties.UniformWhenHot | RelaxationProperties.PermutationEquivariant;

    private const RelaxationProperties Network =
        RelaxationProperties.Matrix | RelaxationProperties.DoublyStochastic | RelaxationProperties.ShiftInvariant;

    private static readonly OrderedDictionary<string, KnownRelaxation> Known = new()
    {
        ["neural-sort"] = new(
            "neural-sort", "NeuralSort", "Grover et al. 2019", "O(n log n)", "s", Sorting,
            (temperature, descending) => new NeuralSort(temperature, descending)),
        ["soft-sort"] = new(
            "soft-sort", "SoftSort, power 1", "Prillo and Eisenschlos 2020", "O(n log n)", "s", Sorting,
            (temperature, descending) => new SoftSort(temperature, descending)),
        ["soft-sort-squared"] = new(
            "soft-sort-squared", "SoftSort, power 2", "Prillo and Eisenschlos 2020", "O(n log n)", "s²", Sorting,
            (temperature, descending) => new SoftSort(temperature, descending) { Power = 2 }),
        ["permutahedron"] = new(
            "permutahedron", "Permutahedron, quadratic", "Blondel et al. 2020", "O(n log n)", "s or 1/s",
            RelaxationProperties.ShiftInvariant | RelaxationProperties.MonotoneOutput | RelaxationProperties.UniformWhenHot
            | RelaxationProperties.PermutationEquivariant,
            (temperature, descending) => new Permutahedron(temperature, descending)),
        ["permutahedron-entropic"] = new(
            "permutahedron-entropic", "Permutahedron, entropic", "Blondel et al. 2020", "O(n log n)", "s or 1/s",
            RelaxationProperties.ShiftInvariant | RelaxationProperties.MonotoneOutput | RelaxationProperties.PermutationEquivariant,
            (temperature, descending) => new Permutahedron(temperature, descending) { Regularization = PermutahedronRegularization.Entropic }),
        ["odd-even"] = new(
            "odd-even", "Sorting network, odd-even", "Petersen et al. 2021", "O(n²)", "s", Network,
            (temperature, descending) => new SortingNetwork(temperature, descending)),
        ["bitonic"] = new(
            "bitonic", "Sorting network, bitonic", "Petersen et al. 2021", "O(n log² n)", "s", Network,
            (temperature, descending) => new SortingNetwork(temperature, descending) { Layout = NetworkLayout.Bitonic }),
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

/// <summary>A relaxation as the catalog knows it.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Title">Its name in text.</param>
/// <param name="Source">Where it was published.</param>
/// <param name="Time">The time of an operator of it on the CPU.</param>
/// <param name="TemperatureUnit">What temperatures are measured in, s being a unit of the scores.</param>
/// <param name="Properties">What it guarantees.</param>
/// <param name="Create">Makes it from a temperature, which may be learned, and a direction.</param>
public sealed record KnownRelaxation(
    string Name, string Title, string Source, string Time, string TemperatureUnit, RelaxationProperties Properties,
    Func<Tensor, bool, ISoftOrdering> Create);
