using System.Numerics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>P or log P as a matrix, and its gradients: O(n²), for looking at or for small n. No column is left out.</summary>
/// <param name="sorted">The sequences.</param>
/// <param name="settings">How to compute.</param>
internal sealed class DenseRows<T>(SortedItems sorted, KernelSettings settings)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SortedItems sorted = sorted;

    /// <summary>Writes the matrix of each sequence, places by items.</summary>
    public void Forward(ItemMatrix<T> matrix, bool logarithm)
    {
        using var rows = new PlannedRows(sorted, settings, [0], sorted.Items);
        rows.ForEachGroup(default, (Rows: this, matrix, logarithm), static (job, scope) =>
        {
            for (var lane = 0; lane < scope.UsedLanes; lane++) job.Rows.Forward(scope, lane, job.matrix, job.logarithm);
        });
    }

    /// <summary>Computes the gradients, given one on the matrix.</summary>
    /// <param name="upstream">The gradient on the matrix.</param>
    /// <param name="logarithm">Whether log P is meant.</param>
    /// <param name="scoreGradient">Receives the gradient of the scores, added; may be empty.</param>
    /// <param name="temperatureGradient">Receives the gradient of each temperature, added; may be empty.</param>
    public void Backward(ItemMatrix<T> upstream, bool logarithm, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        using var rows = new PlannedRows(sorted, settings, [0], sorted.Items);
        rows.ForEachGroup(
            new ScopeSizes(0, 0, 2), (upstream, logarithm, scoreGradient, temperatureGradient), static (job, scope) =>
            {
                for (var lane = 0; lane < scope.UsedLanes; lane++) Backward(scope, lane, job.upstream, job.logarithm);
                scope.Add(job.scoreGradient, job.temperatureGradient);
            });
    }

    private void Forward(GroupScope scope, int lane, ItemMatrix<T> matrix, bool logarithm)
    {
        var shape = scope.Shape;
        var sequence = scope.SequenceOf(lane);
        var items = scope.FiniteItems(lane);
        using var distances = new ScratchArray<double>(Math.Max(1, shape.Finite));
        var nothing = logarithm ? T.NegativeInfinity : T.Zero;
        for (var place = 0; place < sorted.Items; place++)
        {
            var row = matrix.Row(sequence, place);
            row.Fill(nothing);
            if (place >= shape.First && place < shape.End)
            {
                var total = SetRow(scope, lane, place - shape.First, distances.Span);
                var logTotal = Math.Log(total);
                for (var m = 0; m < items.Length; m++)
                    row[items[m]] = T.CreateTruncating(logarithm ? -distances.Array[m] - logTotal : Math.Exp(-distances.Array[m]) / total);
            }
            else if (place < shape.Present)
            {
                var order = sorted.Order(sequence);
                if (shape.IsSettled(place)) row[order[place]] = logarithm ? T.Zero : T.One;
                else foreach (var item in order[..shape.Present]) row[item] = T.NaN;
            }
        }
    }

    private static void Backward(GroupScope scope, int lane, ItemMatrix<T> upstream, bool logarithm)
    {
        var shape = scope.Shape;
        var items = scope.FiniteItems(lane);
        using var distances = new ScratchArray<double>(Math.Max(1, shape.Finite));
        ref double a = ref scope.Results.Column(0), w = ref scope.Results.Column(1);
        for (var m = 0; m < shape.Finite; m++) (Unsafe.Add(ref a, m * scope.Lanes + lane), Unsafe.Add(ref w, m * scope.Lanes + lane)) = (0, 0);
        for (var i = 0; i < shape.Finite; i++)
        {
            ReadOnlySpan<T> g = upstream.Row(scope.SequenceOf(lane), shape.First + i);
            var total = SetRow(scope, lane, i, distances.Span);
            // P: R[m] = P[m] (g[m] - Σ P g), counted from the gradient of the row's own column so that a sure row loses no digits.
            // log P: R[m] = g[m] - P[m] Σ g.
            double origin = logarithm ? 0 : double.CreateTruncating(g[items[i]]), sum = 0;
            for (var m = 0; m < items.Length; m++)
            {
                var p = Math.Exp(-distances.Array[m]) / total;
                distances.Array[m] = p;
                var own = double.CreateTruncating(g[items[m]]) - origin;
                sum += logarithm ? own : p * own;
            }

            for (var m = 0; m < items.Length; m++)
            {
                var p = distances.Array[m];
                var own = double.CreateTruncating(g[items[m]]) - origin;
                var r = logarithm ? own - p * sum : p * (own - sum);
                Unsafe.Add(ref a, m * scope.Lanes + lane) += r;
                Unsafe.Add(ref w, m * scope.Lanes + lane) += 2.0 * (m - i) * r;
            }
        }
    }

    /// <summary>D of one row, outward from its own column.</summary>
    /// <returns>Z.</returns>
    private static double SetRow(GroupScope scope, int lane, int row, Span<double> distances)
    {
        var gaps = scope.Sorted.Gaps.AsSpan(scope.Sorted.GapStart(scope.SequenceOf(lane)), distances.Length);
        distances[row] = 0;
        for (var m = row + 1; m < distances.Length; m++) distances[m] = distances[m - 1] + (2.0 * (m - row) - 1) * gaps[m - 1];
        for (var m = row - 1; m >= 0; m--) distances[m] = distances[m + 1] + (2.0 * (row - m) - 1) * gaps[m];
        double total = 0;
        foreach (var distance in distances) total += Math.Exp(-distance);
        return total;
    }
}
