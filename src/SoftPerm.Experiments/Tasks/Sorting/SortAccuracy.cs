using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Sorting;

/// <summary>The paper's two accuracies of the sorting task.</summary>
/// <remarks>
/// A place is right when it holds an item of the right number: where numbers repeat, either of two equal items may come first.
/// </remarks>
internal static class SortAccuracy
{
    /// <summary>Numbers in their true order, largest first, and which items those are.</summary>
    public static (Tensor Numbers, Tensor Order) True(Tensor numbers) => numbers.sort(dim: -1, descending: true, stable: true);

    /// <summary>Compares an order found with the true one, both [sequences, items].</summary>
    /// <returns>The share of places right, and of sequences with every place right.</returns>
    public static (double Ranks, double Permutations) Measure(Tensor found, Tensor numbers, Tensor sortedNumbers)
    {
        using var scope = NewDisposeScope();
        var right = numbers.gather(-1, found).eq(sortedNumbers);
        return (right.to(float64).mean().item<double>(), right.all(-1).to(float64).mean().item<double>());
    }
}
