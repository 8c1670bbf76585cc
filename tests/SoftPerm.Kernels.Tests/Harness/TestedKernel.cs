using System.Numerics;
using SoftPerm.Kernels.LapSum;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.SoftSort;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Kernels.SortingNetworks;
using SoftPerm.Kernels.Tests.Definitions;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>A kernel of the one contract, <see cref="SortOperators{T}"/>, and the definition that it is held to.</summary>
/// <param name="Name">What tests call it.</param>
/// <param name="Definition">What it computes.</param>
/// <param name="Type">The open type of its operators.</param>
internal abstract record TestedKernel(string Name, Definition Definition, Type Type)
{
    /// <summary>Every kernel. Whoever adds one adds it here, or <see cref="CatalogTests"/> fails.</summary>
    public static IReadOnlyList<TestedKernel> All { get; } =
    [
        new NeuralSortUnderTest(),
        new SoftSortUnderTest(1),
        new SoftSortUnderTest(2),
        new LapSumUnderTest(),
        .. SwapDefinition.All.Select((swap, index) => new NetworkUnderTest("odd-even", NetworkLayer.OddEven, swap, index)),
        .. SwapDefinition.All.Select((swap, index) => new NetworkUnderTest("bitonic", NetworkLayer.Bitonic, swap, index)),
    ];

    public static TestedKernel Named(string name) => All.Single(kernel => kernel.Name == name);

    /// <summary>Whether the vectors to use are an argument. Others take the widest: CI runs all tests again without AVX2 and without vectors.</summary>
    public virtual bool HasWidths => false;

    /// <summary>The lengths to try.</summary>
    public virtual IEnumerable<int> Lengths => Enumerable.Range(1, 257);

    /// <summary>The operators of a batch.</summary>
    public abstract SortOperators<T> Create<T>(SortedItems sorted, ItemMatrix<T> scores, SimdWidth width, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>;

    public sealed override string ToString() => Name;

    private sealed record NeuralSortUnderTest() : TestedKernel("NeuralSort", new NeuralSortDefinition(), typeof(NeuralSortOperators<>))
    {
        public override bool HasWidths => true;

        public override SortOperators<T> Create<T>(SortedItems sorted, ItemMatrix<T> scores, SimdWidth width, int threads) =>
            new NeuralSortOperators<T>(sorted, new KernelSettings(Tolerances.NeuralSort<T>(), width, threads));
    }

    private sealed record SoftSortUnderTest(int Power) : TestedKernel($"SoftSort {Power}", new SoftSortDefinition(Power), typeof(SoftSortOperators<>))
    {
        public override SortOperators<T> Create<T>(SortedItems sorted, ItemMatrix<T> scores, SimdWidth width, int threads) =>
            new SoftSortOperators<T>(sorted, Power, threads);
    }

    private sealed record LapSumUnderTest() : TestedKernel("LapSum", new LapSumDefinition(), typeof(LapSumOperators<>))
    {
        public override SortOperators<T> Create<T>(SortedItems sorted, ItemMatrix<T> scores, SimdWidth width, int threads) =>
            new LapSumOperators<T>(sorted, threads);
    }

    private sealed record NetworkUnderTest(string Layout, Func<int, IEnumerable<NetworkLayer>> Layers, SwapDefinition Swap, int Index)
        : TestedKernel($"{Layout} network, {Swap.Name}", new NetworkDefinition(Layers, Swap), typeof(NetworkOperators<>))
    {
        // All of P takes O(n³): the swap functions share the longer lengths.
        public override IEnumerable<int> Lengths => Enumerable.Range(1, 24).Concat(Enumerable.Range(25, 76).Append(126 + Index).Append(252 + Index).Where(items => items % SwapDefinition.All.Count == Index));

        public override SortOperators<T> Create<T>(SortedItems sorted, ItemMatrix<T> scores, SimdWidth width, int threads) =>
            new NetworkOperators<T>(sorted, scores, Layers, Swap.Pass, threads);
    }
}
