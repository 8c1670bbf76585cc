using System.Numerics;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Pᵀ X, and its gradients.</summary>
/// <param name="rows">All rows of every sequence.</param>
/// <param name="values">X by place.</param>
internal sealed class ApplyTransposeOperator<T>(PlannedRows rows, ItemMatrix<T> values)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ItemMatrix<T> values = values;

    /// <summary>Computes Pᵀ X by item.</summary>
    public void Forward(ItemMatrix<T> result)
    {
        var panel = Math.Min(values.Columns, ScopeTransfers.PanelColumns);
        if (!rows.Sorted.AllOrdinary) result.Clear();
        rows.ForEachGroup(new ScopeSizes(0, panel, panel), (Operator: this, result), static (job, scope) => job.Operator.Forward(scope, job.result));
        rows.SetPlanned();
    }

    /// <summary>Computes the gradients, given one on Pᵀ X.</summary>
    /// <param name="upstream">U, by item.</param>
    /// <param name="valueGradient">Receives the gradient of X, which is P U; may be empty.</param>
    /// <param name="scoreGradient">Receives the gradient of the scores, added; may be empty.</param>
    /// <param name="temperatureGradient">Receives the gradient of each temperature, added; may be empty.</param>
    public void Backward(ItemMatrix<T> upstream, ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        var panel = Math.Min(values.Columns, ScopeTransfers.PanelColumns);
        var gradient = scoreGradient.IsWanted || !temperatureGradient.IsEmpty;
        var sizes = new ScopeSizes(panel, gradient ? panel + 1 : 0, gradient ? 2 : 0);
        rows.ForEachGroup(sizes, (Operator: this, upstream, valueGradient, scoreGradient, temperatureGradient, gradient), static (job, scope) =>
        {
            job.Operator.Backward(scope, job.upstream, job.valueGradient, job.gradient);
            if (job.gradient) scope.Add(job.scoreGradient, job.temperatureGradient);
        });
    }

    private void Forward(GroupScope scope, ItemMatrix<T> result)
    {
        scope.Forward(0);
        for (var column = 0; column < values.Columns; column += ScopeTransfers.PanelColumns)
        {
            var columns = Math.Min(ScopeTransfers.PanelColumns, values.Columns - column);
            scope.ClearWeightMargins(columns);
            scope.LoadWeights(values, column, columns);
            scope.ClearResults(0, columns);
            scope.Transpose(columns, 0, columns, gradient: false);
            scope.StoreItems(result, column, columns, 0);
        }

        scope.Sorted.StoreTransposedEdges(scope.FirstSequence, scope.FirstPlace, scope.EndPlace, values, result);
    }

    private void Backward(GroupScope scope, ItemMatrix<T> upstream, ItemMatrix<T> valueGradient, bool gradient)
    {
        scope.ClearResults(0, gradient ? 2 : 0);
        for (var column = 0; column < values.Columns; column += ScopeTransfers.PanelColumns)
        {
            // With U in the place of the values, R[i,m] = P[i,m] Σ_c X[i,c] (U[m,c] - (P U)[i,c]).
            var columns = Math.Min(ScopeTransfers.PanelColumns, values.Columns - column);
            scope.LoadItems(upstream, column, columns);
            scope.Forward(columns);
            if (valueGradient.IsWanted) scope.StoreMixtures(upstream, column, columns, valueGradient, default);
            if (!gradient) continue;
            scope.ClearWeightMargins(columns + 1);
            scope.LoadWeights(values, column, columns);
            LoadProducts(scope, columns);
            scope.Transpose(columns + 1, columns, 2, gradient: true);
        }

        if (valueGradient.IsWanted) scope.Sorted.StoreEdges(scope.FirstSequence, scope.FirstPlace, scope.EndPlace, upstream, valueGradient);
    }

    private static void LoadProducts(GroupScope scope, int columns)
    {
        scope.ForPlaces(scope.First * scope.Lanes, scope.End * scope.Lanes, columns, static (columns, scope, first, end) =>
        {
            var products = scope.Weights.Span(columns, first, end);
            products.Clear();
            for (var c = 0; c < columns; c++)
            {
                Span<double> weights = scope.Weights.Span(c, first, end), mixtures = scope.Mixtures.Span(c, first, end);
                for (var k = 0; k < products.Length; k++) products[k] += weights[k] * mixtures[k];
            }
        });
    }
}
