using SoftPerm.Paper.Datasets;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tasks.Sorting;

/// <summary>Runs a network over sequences it never trained on, sorting hard.</summary>
internal static class SortEvaluation
{
    /// <summary>Measures the network on the first sequences of a source.</summary>
    public static SortFigures Evaluate(
        nn.Module<Tensor, Tensor> network, OrderObjective objective, MultiDigitSequences source, int sequences, double temperature, CancellationToken cancellationToken = default)
    {
        using var noGradient = no_grad();
        var parts = new List<(SortFigures Figures, int Count)>();
        foreach (var (first, count) in TestSequences.Batches(sequences, source.Items))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (images, numbers) = TestSequences.Read(source, first, count);
            parts.Add((Measure(TestSequences.Outputs(network, images), objective, numbers, temperature), count));
        }

        double? Mean(Func<SortFigures, double?> value) => parts.Sum(p => p.Count * value(p.Figures)) is { } sum && value(parts[0].Figures) is not null ? sum / sequences : null;
        return new SortFigures(
            Mean(f => f.Loss)!.Value, Mean(f => f.RankAccuracy)!.Value, Mean(f => f.PermutationAccuracy)!.Value,
            Mean(f => f.ProjectionError), Mean(f => f.RowRankAccuracy), Mean(f => f.RowPermutationAccuracy));
    }

    private static SortFigures Measure(Tensor outputs, OrderObjective objective, Tensor numbers, double temperature)
    {
        var (sorted, order) = SortAccuracy.True(numbers);
        var found = objective.Order(outputs, (int)numbers.size(-1));
        var (ranks, permutations) = SortAccuracy.Measure(found, numbers, sorted);
        var figures = new SortFigures(objective.Loss(outputs, order, temperature, null).item<float>(), ranks, permutations);
        if (!objective.IsRelaxed) return figures;
        using var permutation = objective.Relax(outputs, (int)numbers.size(-1), temperature, null);
        var matrix = permutation.Matrix();
        var (rowRanks, rowPermutations) = SortAccuracy.Measure(matrix.argmax(-1), numbers, sorted);
        return figures with { ProjectionError = ProjectionError(matrix, found), RowRankAccuracy = rowRanks, RowPermutationAccuracy = rowPermutations };
    }

    private static double ProjectionError(Tensor matrix, Tensor order) =>
        matrix.sub(nn.functional.one_hot(order, order.size(-1)).to(matrix.dtype)).Squared().mean().to(float64).item<double>();
}
