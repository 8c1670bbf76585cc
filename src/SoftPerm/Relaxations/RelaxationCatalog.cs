namespace SoftPerm;

/// <summary>The relaxations of sorting and ranking, by name, with what each declares.</summary>
public static class RelaxationCatalog
{
    private const RelaxationProperties Transport =
        RelaxationProperties.Matrix | RelaxationProperties.ShiftInvariant | RelaxationProperties.ScaleEquivariant
        | RelaxationProperties.MonotoneOutput | RelaxationProperties.UniformWhenHot | RelaxationProperties.PermutationEquivariant;

    private const RelaxationProperties Sorting = Transport | RelaxationProperties.ArgmaxSorts | RelaxationProperties.Unimodal;

    private const RelaxationProperties Projection =
        RelaxationProperties.ShiftInvariant | RelaxationProperties.MonotoneOutput | RelaxationProperties.PermutationEquivariant;

    private const RelaxationProperties Network =
        RelaxationProperties.Matrix | RelaxationProperties.DoublyStochastic | RelaxationProperties.ShiftInvariant | RelaxationProperties.ScaleEquivariant;

    /// <summary>All of them, in the order of the documentation.</summary>
    public static IReadOnlyList<KnownRelaxation> All { get; } =
    [
        new(
            "neural-sort", "NeuralSort", "Grover et al. 2019", "O(n log n)", "O(n)", "s", Sorting,
            (temperature, descending) => new NeuralSort(temperature, descending),
            (deviation, _) => deviation),
        new(
            "soft-sort", "SoftSort, power 1", "Prillo and Eisenschlos 2020", "O(n log n)", "O(n)", "s", Sorting,
            (temperature, descending) => new SoftSort(temperature, descending),
            (deviation, items) => Representable(deviation / items.sqrt())),
        new(
            "soft-sort-squared", "SoftSort, power 2", "Prillo and Eisenschlos 2020", "O(n log n)", "O(n)", "s²", Sorting,
            (temperature, descending) => new SoftSort(temperature, descending) { Power = 2 },
            (deviation, items) => deviation.Squared() / items),
        new(
            "sinkhorn", "Sinkhorn sort", "Cuturi et al. 2019", "O(k n log n)", "O(k n)", "s", Transport,
            (temperature, descending) => new SinkhornSort(temperature, descending),
            (deviation, _) => deviation),
        new(
            "lap-sum", "LapSum", "Struski et al. 2025", "O(n log n)", "O(n)", "s", Transport | RelaxationProperties.DoublyStochastic,
            (temperature, descending) => new LapSum(temperature, descending),
            (deviation, items) => Representable(deviation / items.sqrt())),
        new(
            "permutahedron", "Permutahedron, quadratic", "Blondel et al. 2020", "O(n log n)", "O(n)", "s or 1/s",
            Projection | RelaxationProperties.ScaleEquivariant | RelaxationProperties.UniformWhenHot,
            (temperature, descending) => new Permutahedron(temperature, descending),
            (deviation, items) => Representable((deviation / items).mul(Number(4)))) { SortsByInverseTemperature = true },
        new(
            "permutahedron-entropic", "Permutahedron, entropic", "Blondel et al. 2020", "O(n log n)", "O(n)", "s or 1/s", Projection,
            (temperature, descending) => new Permutahedron(temperature, descending) { Regularization = PermutahedronRegularization.Entropic },
            (deviation, items) => Representable((deviation / items).mul(Number(4)))) { SortsByInverseTemperature = true },
        new(
            "odd-even", "Sorting network, odd-even", "Petersen et al. 2021", "O(n²)", "O(n²)", "s", Network,
            (temperature, descending) => new SortingNetwork(temperature, descending),
            (deviation, items) => Representable(deviation / items)),
        new(
            "bitonic", "Sorting network, bitonic", "Petersen et al. 2021", "O(n log² n)", "O(n log² n)", "s", Network,
            (temperature, descending) => new SortingNetwork(temperature, descending) { Layout = NetworkLayout.Bitonic },
            (deviation, items) => Representable(deviation / items)),
    ];

    /// <summary>The relaxation of a name.</summary>
    /// <param name="name">A <see cref="KnownRelaxation.Name"/> of <see cref="All"/>.</param>
    /// <exception cref="ArgumentException">No relaxation has this name.</exception>
    public static KnownRelaxation Of(string name) => All.FirstOrDefault(known => known.Name == name)
        ?? throw new ArgumentException($"There is no relaxation '{name}'; choose one of: {string.Join(", ", All.Select(known => known.Name))}.", nameof(name));

    /// <summary>A temperature of scores at the end of the range of numbers, which must be one too.</summary>
    private static Tensor Representable(Tensor temperature) => temperature.clamp(Number(double.Epsilon), Number(double.MaxValue));
}
