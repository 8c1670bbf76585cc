using System.Numerics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>P X, and its gradients.</summary>
/// <param name="rows">All rows of every sequence.</param>
/// <param name="values">X by item.</param>
internal sealed class ApplyOperator<T>(PlannedRows rows, ItemMatrix<T> values)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ItemMatrix<T> values = values;

    /// <summary>Computes P X by place.</summary>
    /// <param name="result">Receives P X.</param>
    /// <param name="changes">Receives P X less the values of each place's own item, which is what the gradient needs of long sequences; may be empty.</param>
    public void Forward(ItemMatrix<T> result, ItemMatrix<double> changes)
    {
        var sizes = new ScopeSizes(Math.Min(values.Columns, ScopeTransfers.PanelColumns), 0, 0);
        rows.ForEachGroup(sizes, (Operator: this, result, changes), static (job, scope) =>
        {
            var values = job.Operator.values;
            for (var column = 0; column < values.Columns; column += ScopeTransfers.PanelColumns)
            {
                var columns = Math.Min(ScopeTransfers.PanelColumns, values.Columns - column);
                scope.LoadItems(values, column, columns);
                scope.Forward(columns);
                scope.StoreMixtures(values, column, columns, job.result, scope.Lanes == 1 ? job.changes : default);
            }

            scope.Sorted.StoreEdges(scope.FirstSequence, scope.FirstPlace, scope.EndPlace, values, job.result);
        });
        rows.SetPlanned();
    }

    /// <summary>Computes the gradients, given one on P X.</summary>
    /// <param name="upstream">G, by place.</param>
    /// <param name="changes">As forward left it.</param>
    /// <param name="valueGradient">Receives the gradient of X; may be empty.</param>
    /// <param name="scoreGradient">Receives the gradient of the scores, added; may be empty.</param>
    /// <param name="temperatureGradient">Receives the gradient of each temperature, added; may be empty.</param>
    public void Backward(
        ItemMatrix<T> upstream, ItemMatrix<double> changes, ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        var panel = Math.Min(values.Columns, ScopeTransfers.PanelColumns);
        var gradient = scoreGradient.IsWanted || !temperatureGradient.IsEmpty;
        var sizes = new ScopeSizes(gradient ? panel : 0, panel + (gradient ? 1 : 0), (valueGradient.IsWanted ? panel : 0) + (gradient ? 2 : 0));
        if (valueGradient.IsWanted && !rows.Sorted.AllOrdinary) valueGradient.Clear();
        rows.ForEachGroup(
            sizes,
            (Operator: this, upstream, changes, valueGradient, scoreGradient, temperatureGradient, gradient),
            static (job, scope) =>
            {
                job.Operator.Backward(scope, job.upstream, job.changes, job.valueGradient, job.gradient);
                if (job.gradient) scope.Add(job.scoreGradient, job.temperatureGradient);
            });
    }

    private void Backward(GroupScope scope, ItemMatrix<T> upstream, ItemMatrix<double> changes, ItemMatrix<T> valueGradient, bool gradient)
    {
        var firstSum = gradient ? 2 : 0;
        scope.ClearResults(0, firstSum);
        for (var column = 0; column < values.Columns; column += ScopeTransfers.PanelColumns)
        {
            // One more series, Σ_c G[i,c] Y[i,c], gathers all columns and so goes with the last panel. Short rows compute it anew.
            var columns = Math.Min(ScopeTransfers.PanelColumns, values.Columns - column);
            var isLast = column + columns == values.Columns;
            var hasProducts = gradient && scope.Lanes == 1;
            var series = columns + (hasProducts && isLast ? 1 : 0);
            var results = firstSum + (valueGradient.IsWanted ? columns : 0);
            scope.ClearWeightMargins(series);
            scope.LoadWeights(upstream, column, columns);
            if (gradient) scope.LoadItems(values, column, columns);
            if (hasProducts) AddProducts(scope, changes, column, columns, isLast);
            scope.ClearResults(firstSum, results);
            scope.Transpose(series, gradient ? columns : 0, results, gradient);
            if (valueGradient.IsWanted) scope.StoreItems(valueGradient, column, columns, firstSum);
        }

        if (valueGradient.IsWanted) scope.Sorted.StoreTransposedEdges(scope.FirstSequence, scope.FirstPlace, scope.EndPlace, upstream, valueGradient);
    }

    /// <summary>Adds Σ_c G[i,c] Y[i,c] over the totals for a panel; they end up behind the weights of the last one.</summary>
    private static void AddProducts(GroupScope scope, ItemMatrix<double> changes, int firstColumn, int columns, bool isLast)
    {
        scope.ForPlaces(scope.First, scope.End, (changes, firstColumn, columns, isLast), static (job, scope, first, end) =>
        {
            var last = scope.Weights.Columns - 1;
            ref var products = ref scope.Weights.Column(last);
            if (job.firstColumn == 0) scope.Weights.Span(last, first, end).Clear();
            for (var c = 0; c < job.columns; c++)
            {
                // Y is the item's own value and the change, so that a change too small for Y itself is not lost.
                ref double weights = ref scope.Weights.Column(c), values = ref scope.Values.Column(c);
                var changes = job.changes.Column(scope.FirstSequence, 1, job.firstColumn + c);
                for (var row = first; row < end; row++)
                    Unsafe.Add(ref products, row) += Unsafe.Add(ref weights, row) * (Unsafe.Add(ref values, row) + changes[scope.Shape.First + row]);
            }

            if (job.isLast && job.columns < last) scope.Weights.Span(last, first, end).CopyTo(scope.Weights.Span(job.columns, first, end));
        });
    }
}
