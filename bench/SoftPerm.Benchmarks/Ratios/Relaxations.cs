namespace SoftPerm.Benchmarks.Ratios;

/// <summary>The other ways to sort and rank softly, against the exact sort.</summary>
internal static class Relaxations
{
    private static readonly Method SoftSort = Sorted("SoftSort", new SoftSort(1));

    private static readonly Method SoftSortSquared = Sorted("SoftSort, power 2", new SoftSort(1) { Power = 2 });

    private static readonly Method LapSum = Sorted("LapSum", new LapSum(1));

    private static readonly Method PermutahedronSort = Sorted("permutahedron sort", new Permutahedron(1));

    private static readonly Method PermutahedronRank = new("permutahedron rank", scores => new Permutahedron(1).Rank(scores));

    private static readonly Method EntropicSort = Sorted("entropic permutahedron sort", new Permutahedron(1) { Regularization = PermutahedronRegularization.Entropic });

    private static readonly Method Sinkhorn = Sorted("Sinkhorn sort", new SinkhornSort(1));

    private static readonly Method OddEven = Sorted("odd-even network", new SortingNetwork(1));

    private static readonly Method OddEvenMatrix = new("odd-even network, matrix", scores =>
    {
        using var permutation = new SortingNetwork(1).Relax(scores);
        return permutation.Matrix().sum();
    });

    private static readonly Method Bitonic = Sorted("bitonic network", new SortingNetwork(1) { Layout = NetworkLayout.Bitonic });

    public static Group Group { get; } = new("relaxations", "Other relaxations by shape (batch × n), τ = 1, forward and backward",
    [
        Case(2_000, 5), Case(100, 100), Case(1, 10_000), Case(1, 1_000_000, softSort: new(3), lapSum: new(4)),
        new Case(100, 100, [OddEven, OddEvenMatrix, Methods.Sort], new(OddEven.Name, Methods.SortName), new(OddEvenMatrix.Name, Methods.SortName)) { Name = "networks, 100 × 100" },
        new Case(1, 16_384, [Bitonic, Methods.Sort], new Goal(Bitonic.Name, Methods.SortName)) { Name = "networks, 1 × 16,384" },
    ], OddEvenTime);

    private static Case Case(long batch, long items, Target? softSort = null, Target? lapSum = null) => new(
        batch, items, [SoftSort, SoftSortSquared, LapSum, Sinkhorn, PermutahedronSort, PermutahedronRank, EntropicSort, Methods.Sort],
        new Goal(SoftSort.Name, Methods.SortName, softSort),
        new Goal(SoftSortSquared.Name, Methods.SortName),
        new Goal(LapSum.Name, Methods.SortName, lapSum),
        new Goal(Sinkhorn.Name, Methods.SortName),
        new Goal(PermutahedronSort.Name, Methods.SortName, new(1.5)),
        new Goal(PermutahedronRank.Name, Methods.SortName, new(1.5)),
        new Goal(EntropicSort.Name, Methods.SortName));

    private static IEnumerable<Check> OddEvenTime(IReadOnlyList<CaseResult> results) =>
        from result in results
        let measured = result.Find(OddEven.Name)
        where measured is not null
        select new Check(result.Name, $"{OddEven.Name}, ms", measured.Median, new Target(15));

    private static Method Sorted(string name, SoftOrdering ordering) => new(name, scores => ordering.Sort(scores));
}
