namespace SoftPerm.Benchmarks.Ratios;

/// <summary>A few rows of the permutation, where the whole is not wanted.</summary>
internal static class Selection
{
    private const long Places = 10;

    private static readonly Method TopK = new("SoftPerm top 10", scores => new NeuralSort(1).Relax(scores).TopK(Places));

    private static readonly Method Median = new("SoftPerm median", scores => new NeuralSort(1).Relax(scores).Quantile(.5).mul(scores).sum());

    private static readonly Method KthValue = new("torch.kthvalue, forward", scores => scores.kthvalue((scores.size(-1) + 1) / 2, -1).values, Backward: false);

    public static Group Group { get; } = new("selection", "Parts of the permutation, τ = 1, forward and backward",
    [
        new Case(100, 60_000, [TopK, Methods.Sort], new Goal(TopK.Name, Methods.SortName, new(3))),
        new Case(1, 1_000_000, [Median, KthValue], new Goal(Median.Name, KthValue.Name, new(3))),
    ]);
}
