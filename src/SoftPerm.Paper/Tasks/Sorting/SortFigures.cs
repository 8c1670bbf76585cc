using SoftPerm.Training;
using SoftPerm.Training.Runs;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tasks.Sorting;

/// <summary>What a test of the sorting task measures, sorting hard.</summary>
/// <param name="Loss">The mean loss without noise.</param>
/// <param name="RankAccuracy">The share of places that hold a right item.</param>
/// <param name="PermutationAccuracy">The share of sequences with every place right.</param>
/// <param name="ProjectionError">The mean squared difference between the entries of the relaxed permutation, without noise, and of its
/// projection (Table 4 of the paper); null for a method that relaxes nothing, and in records older than it.</param>
/// <param name="RowRankAccuracy">The share of places whose row of the relaxed permutation is largest at a right item: where rows may name
/// an item twice, not that of any order. Null as above.</param>
/// <param name="RowPermutationAccuracy">The share of sequences with every row right. Null as above.</param>
public sealed record SortFigures(
    double Loss, double RankAccuracy, double PermutationAccuracy,
    double? ProjectionError = null, double? RowRankAccuracy = null, double? RowPermutationAccuracy = null)
{
    private const string Ranks = "rank_accuracy", Permutations = "permutation_accuracy";

    /// <summary>The two accuracies as measures of training.</summary>
    internal static IReadOnlyList<Measure> Measures(double ranks, double permutations) => [new(Ranks, ranks), new(Permutations, permutations)];

    /// <summary>The figures as the outcome of a validation.</summary>
    internal Metrics Metrics => new(Loss, Measures(RankAccuracy, PermutationAccuracy));

    /// <summary>Whether one validation is better: by places, of which there are many, then by whole permutations.</summary>
    internal static bool IsBetter(Metrics one, Metrics other) =>
        (one[Ranks], one[Permutations]).CompareTo((other[Ranks], other[Permutations])) > 0;
}

/// <summary>The record of an evaluation after training, written to <c>evaluation.json</c>.</summary>
/// <param name="Environment">Command, commit, machine and date.</param>
/// <param name="DataChecksums">MD5 of each file of the data set.</param>
/// <param name="Figures">One entry for each length.</param>
public sealed record SortEvaluationRecord(
    RunEnvironment Environment, IReadOnlyDictionary<string, string> DataChecksums, IReadOnlyList<SortFigure> Figures);

/// <summary>The accuracies at one length.</summary>
/// <param name="Items">Items of a sequence.</param>
/// <param name="Sequences">Sequences tested.</param>
/// <param name="Outcome">What was measured.</param>
public sealed record SortFigure(int Items, int Sequences, SortFigures Outcome);

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
