using System.Numerics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>The sum of some neighbouring rows of P, and its gradients: the first k rows, or a single one.</summary>
/// <param name="rows">The rows to add.</param>
internal sealed class RowSumOperator<T>(PlannedRows rows)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Computes the sum of the rows by item.</summary>
    public void Forward(ItemMatrix<T> result)
    {
        result.Clear();
        rows.ForEachGroup(new ScopeSizes(0, 1, 1), result, static (result, scope) =>
        {
            scope.Forward(0);
            scope.ClearWeightMargins(1);
            LoadOnes(scope);
            scope.ClearResults(0, 1);
            scope.Transpose(1, 0, 1, gradient: false);
            scope.StoreItems(result, 0, 1, 0);
            scope.Sorted.StoreTransposedEdges(scope.FirstSequence, scope.FirstPlace, scope.EndPlace, default, result);
        });
        rows.SetPlanned();
    }

    /// <summary>Computes the gradients, given one on the sum.</summary>
    /// <param name="upstream">The gradient by item.</param>
    /// <param name="scoreGradient">Receives the gradient of the scores, added; may be empty.</param>
    /// <param name="temperatureGradient">Receives the gradient of each temperature, added; may be empty.</param>
    public void Backward(ItemMatrix<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        rows.ForEachGroup(new ScopeSizes(1, 2, 2), (upstream, scoreGradient, temperatureGradient), static (job, scope) =>
        {
            // As for P X with the upstream as values and a gradient of 1 on each row.
            scope.LoadItems(job.upstream, 0, 1);
            scope.Forward(1);
            scope.ClearWeightMargins(2);
            LoadOnes(scope);
            LoadMixtures(scope);
            scope.ClearResults(0, 2);
            scope.Transpose(2, 1, 2, gradient: true);
            scope.Add(job.scoreGradient, job.temperatureGradient);
        });
    }

    private static void LoadOnes(GroupScope scope)
    {
        scope.ForPlaces(scope.First * scope.Lanes, scope.End * scope.Lanes, scope.Totals, static (totals, scope, first, end) =>
        {
            ref double weights = ref scope.Weights.Column(0), total = ref totals.Column(0);
            for (var at = first; at < end; at++) Unsafe.Add(ref weights, at) = 1 / Unsafe.Add(ref total, at);
        });
    }

    private static void LoadMixtures(GroupScope scope)
    {
        scope.ForPlaces(scope.First * scope.Lanes, scope.End * scope.Lanes, 0, static (_, scope, first, end) =>
        {
            Span<double> weights = scope.Weights.Span(0, first, end), mixtures = scope.Mixtures.Span(0, first, end);
            var products = scope.Weights.Span(1, first, end);
            for (var k = 0; k < products.Length; k++) products[k] = weights[k] * mixtures[k];
        });
    }
}
