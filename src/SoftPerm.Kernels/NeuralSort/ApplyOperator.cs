using System.Numerics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

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
    /// <param name="centred">Receives P X less the offset of each column, which is what the gradient needs; may be empty.</param>
    public void Forward(ItemMatrix<T> result, ItemMatrix<T> centred)
    {
        var sizes = new ScopeSizes(Math.Min(values.Columns, ScopeTransfers.PanelColumns), 0, 0);
        rows.ForEachGroup(sizes, (Operator: this, result, centred), static (job, scope) =>
        {
            var values = job.Operator.values;
            for (var column = 0; column < values.Columns; column += ScopeTransfers.PanelColumns)
            {
                var columns = Math.Min(ScopeTransfers.PanelColumns, values.Columns - column);
                scope.LoadItems(values, column, columns);
                scope.Forward(columns);
                scope.StoreMixtures(values, column, columns, job.result, job.centred);
            }

            scope.StoreEdges(values, job.result);
        });
        rows.SetPlanned();
    }

    /// <summary>Computes the gradients, given one on P X.</summary>
    /// <param name="upstream">G, by place.</param>
    /// <param name="centred">As forward left it.</param>
    /// <param name="valueGradient">Receives the gradient of X; may be empty.</param>
    /// <param name="scoreGradient">Receives the gradient of the scores, added; may be empty.</param>
    /// <param name="temperatureGradient">Receives the gradient of each temperature, added; may be empty.</param>
    public void Backward(
        ItemMatrix<T> upstream, ItemMatrix<T> centred, ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        var panel = Math.Min(values.Columns, ScopeTransfers.PanelColumns);
        var gradient = scoreGradient.IsWanted || !temperatureGradient.IsEmpty;
        var sizes = new ScopeSizes(gradient ? panel : 0, panel + (gradient ? 1 : 0), (valueGradient.IsWanted ? panel : 0) + (gradient ? 2 : 0));
        if (valueGradient.IsWanted && !rows.Sorted.AllOrdinary) valueGradient.Clear();
        rows.ForEachGroup(
            sizes,
            (Operator: this, upstream, centred, valueGradient, scoreGradient, temperatureGradient, gradient),
            static (job, scope) =>
            {
                job.Operator.Backward(scope, job.upstream, job.centred, job.valueGradient, job.gradient);
                if (job.gradient) scope.Add(job.scoreGradient, job.temperatureGradient);
            });
    }

    private void Backward(GroupScope scope, ItemMatrix<T> upstream, ItemMatrix<T> centred, ItemMatrix<T> valueGradient, bool gradient)
    {
        var firstSum = gradient ? 2 : 0;
        scope.ClearResults(0, firstSum);
        for (var column = 0; column < values.Columns; column += ScopeTransfers.PanelColumns)
        {
            // The last series, Σ_c G[i,c] Y[i,c], holds all columns and so goes with the first panel only.
            var columns = Math.Min(ScopeTransfers.PanelColumns, values.Columns - column);
            var series = columns + (gradient && column == 0 ? 1 : 0);
            var results = firstSum + (valueGradient.IsWanted ? columns : 0);
            scope.ClearWeightMargins(series);
            scope.LoadWeights(upstream, column, columns);
            if (series > columns) LoadProducts(scope, upstream, centred, columns);
            if (gradient) scope.LoadItems(values, column, columns);
            scope.ClearResults(firstSum, results);
            scope.Transpose(series, gradient ? columns : 0, results, gradient);
            if (valueGradient.IsWanted) scope.StoreItems(valueGradient, column, columns, firstSum);
        }

        if (valueGradient.IsWanted) scope.StoreTransposedEdges(upstream, valueGradient);
    }

    private static void LoadProducts(GroupScope scope, ItemMatrix<T> upstream, ItemMatrix<T> centred, int series)
    {
        scope.ForPlaces(scope.First, scope.End, (upstream, centred, series), static (job, scope, first, end) =>
        {
            ref double weights = ref scope.Weights.Column(job.series), totals = ref scope.Totals.Column(0);
            for (var lane = 0; lane < scope.Lanes; lane++)
            {
                for (var row = first; row < end; row++)
                {
                    ReadOnlySpan<T> g = job.upstream.Row(scope.SequenceOf(lane), scope.Shape.First + row);
                    ReadOnlySpan<T> y = job.centred.Row(scope.SequenceOf(lane), scope.Shape.First + row);
                    double product = 0;
                    for (var c = 0; c < g.Length; c++) product += double.CreateTruncating(g[c]) * double.CreateTruncating(y[c]);
                    var at = row * scope.Lanes + lane;
                    Unsafe.Add(ref weights, at) = product / Unsafe.Add(ref totals, at);
                }
            }
        });
    }
}
