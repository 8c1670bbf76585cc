using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Tasks.Orders;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Sorting;

/// <summary>Runs a network over sequences it never trained on, sorting hard.</summary>
internal static class SortEvaluation
{
    /// <summary>Measures the network on the first sequences of a source.</summary>
    public static SortFigures Evaluate(
        nn.Module<Tensor, Tensor> network, SortMethod method, MultiDigitSequences source, int sequences, double temperature, CancellationToken stop = default)
    {
        using var noGradient = no_grad();
        var parts = new List<(SortFigures Figures, int Count)>();
        foreach (var (first, count) in TestSequences.Batches(sequences, source.Items))
        {
            stop.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var (images, numbers) = TestSequences.Read(source, first, count);
            parts.Add((Measure(TestSequences.Outputs(network, images), method, numbers, temperature), count));
        }

        double? Mean(Func<SortFigures, double?> value) => parts.Sum(p => p.Count * value(p.Figures)) is { } sum && value(parts[0].Figures) is not null ? sum / sequences : null;
        return new SortFigures(
            Mean(f => f.Loss)!.Value, Mean(f => f.RankAccuracy)!.Value, Mean(f => f.PermutationAccuracy)!.Value,
            Mean(f => f.ProjectionError), Mean(f => f.RowRankAccuracy), Mean(f => f.RowPermutationAccuracy));
    }

    private static SortFigures Measure(Tensor outputs, SortMethod method, Tensor numbers, double temperature)
    {
        var (sorted, order) = SortAccuracy.True(numbers);
        var found = method.Model.Order(outputs, (int)numbers.size(-1));
        var (ranks, permutations) = SortAccuracy.Measure(found, numbers, sorted);
        var figures = new SortFigures(method.HardLoss(outputs, order, temperature).item<float>(), ranks, permutations);
        if (!method.IsRelaxed) return figures;
        using var permutation = method.Model.Relax(outputs, (int)numbers.size(-1), temperature, null);
        var matrix = permutation.Matrix();
        var (rowRanks, rowPermutations) = SortAccuracy.Measure(matrix.argmax(-1), numbers, sorted);
        return figures with { ProjectionError = ProjectionError(matrix, found), RowRankAccuracy = rowRanks, RowPermutationAccuracy = rowPermutations };
    }

    private static double ProjectionError(Tensor matrix, Tensor order) =>
        matrix.sub(nn.functional.one_hot(order, order.size(-1)).to(matrix.dtype)).Squared().mean().to(float64).item<double>();
}
