using System.Numerics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>-mean_i log P[i, z_i] for an order z, and its gradients.</summary>
/// <remarks>
/// <c>-log P[i, z_i] = D_i(m) + ln Z_i</c> with m the sorted column of item z_i. D_i(m) is the difference of prefix sums of the gaps
/// and of the gaps times 2t + 1, kept in twice the precision so that nothing is lost however far apart i and m are.
/// </remarks>
/// <param name="rows">All rows of every sequence.</param>
/// <param name="order">z: the item wanted at each place, sequence after sequence.</param>
internal sealed class CrossEntropyOperator<T>(PlannedRows rows, Buffer<long> order)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly PlannedRows rows = rows;
    private readonly Buffer<long> order = order;

    /// <summary>Computes the cross-entropy of each sequence, over the places of items that are there.</summary>
    public void Forward(Buffer<T> result)
    {
        rows.ForEachGroup(default, (Operator: this, result), static (job, scope) =>
        {
            scope.Forward(0);
            for (var lane = 0; lane < scope.UsedLanes; lane++) job.result[scope.SequenceOf(lane)] = T.CreateTruncating(job.Operator.Mean(scope, lane));
        });
        rows.SetPlanned();
    }

    /// <summary>Computes the gradients, given one on each sequence's cross-entropy.</summary>
    /// <param name="upstream">The gradient by sequence.</param>
    /// <param name="scoreGradient">Receives the gradient of the scores, added; may be empty.</param>
    /// <param name="temperatureGradient">Receives the gradient of each temperature, added; may be empty.</param>
    public void Backward(Buffer<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        rows.ForEachGroup(new ScopeSizes(0, 1, 2), (Operator: this, upstream, scoreGradient, temperatureGradient), static (job, scope) =>
        {
            // R[i,m] = w ([m = m_i] - P[i,m]) is the gradient of the logits -D; a series without values counts negatively.
            LoadWeights(scope, job.upstream);
            scope.ClearWeightMargins(1);
            scope.ClearResults(0, 2);
            scope.Transpose(1, 0, 2, gradient: true);
            job.Operator.TakeWanted(scope, job.upstream);
            scope.Add(job.scoreGradient, job.temperatureGradient);
        });
    }

    private double Mean(GroupScope scope, int lane)
    {
        var shape = scope.Shape;
        if (shape.HasUnsettled(0, shape.Present)) return double.NaN;
        using var ranks = scope.Sorted.Ranks(scope.SequenceOf(lane));
        using var prefixes = Prefixes(scope, lane);
        var wanted = order.Span((long)scope.SequenceOf(lane) * scope.Sorted.Items, scope.Sorted.Items);
        double sum = 0;
        for (var place = 0; place < shape.Present; place++)
        {
            var rank = ranks.Array[wanted[place]];
            var isFinite = place >= shape.First && place < shape.End;
            if (!isFinite || rank < shape.First || rank >= shape.End)
            {
                if (rank != place) return double.PositiveInfinity; // no mass leaves a place of its own
                continue;
            }

            var (row, column) = (place - shape.First, rank - shape.First);
            sum += Distance(prefixes.Span, row, column) + Math.Log(Unsafe.Add(ref scope.Totals.Column(0), row * scope.Lanes + lane));
        }

        return sum / Math.Max(1, shape.Present);
    }

    private static void LoadWeights(GroupScope scope, Buffer<T> upstream)
    {
        ref double weights = ref scope.Weights.Column(0), totals = ref scope.Totals.Column(0);
        for (var lane = 0; lane < scope.UsedLanes; lane++)
        {
            var weight = Weight(scope, lane, upstream);
            for (var row = scope.First; row < scope.End; row++)
                Unsafe.Add(ref weights, row * scope.Lanes + lane) = weight / Unsafe.Add(ref totals, row * scope.Lanes + lane);
        }
    }

    private void TakeWanted(GroupScope scope, Buffer<T> upstream)
    {
        ref double a = ref scope.Results.Column(0), w = ref scope.Results.Column(1);
        for (var lane = 0; lane < scope.UsedLanes; lane++)
        {
            using var ranks = scope.Sorted.Ranks(scope.SequenceOf(lane));
            var weight = Weight(scope, lane, upstream);
            var wanted = order.Span((long)scope.SequenceOf(lane) * scope.Sorted.Items + scope.Shape.First, scope.Shape.Finite);
            for (var row = 0; row < wanted.Length; row++)
            {
                var column = ranks.Array[wanted[row]] - scope.Shape.First;
                if (column < 0 || column >= scope.Shape.Finite) continue;
                Unsafe.Add(ref a, column * scope.Lanes + lane) += weight;
                Unsafe.Add(ref w, column * scope.Lanes + lane) += 2.0 * (column - row) * weight;
            }
        }
    }

    // The gradient of the logits -D of a place's own column, per unit of P.
    private static double Weight(GroupScope scope, int lane, Buffer<T> upstream) =>
        -double.CreateTruncating(upstream[scope.SequenceOf(lane)]) / Math.Max(1, scope.Shape.Present);

    /// <summary>Sums of the gaps, and of the gaps times 2t + 1, below each place, one after the other.</summary>
    private static ScratchArray<DoubleDouble> Prefixes(GroupScope scope, int lane)
    {
        var prefixes = new ScratchArray<DoubleDouble>(2L * Math.Max(1, scope.Shape.Finite));
        ref var gaps = ref Unsafe.AsRef(in scope.GapsOf(lane));
        var (sum, weighted) = (default(DoubleDouble), default(DoubleDouble));
        for (var place = 0; place < scope.Shape.Finite; place++)
        {
            (prefixes.Array[2 * place], prefixes.Array[2 * place + 1]) = (sum, weighted);
            var gap = Unsafe.Add(ref gaps, place);
            sum += new DoubleDouble(gap, 0);
            weighted += DoubleDouble.TwoProduct(gap, 2.0 * place + 1);
        }

        return prefixes;
    }

    // For m > i: Σ_{i≤t<m} (2t+1 - 2i) g[t]; mirrored for m < i: Σ_{m≤t<i} (2i - (2t+1)) g[t].
    private static double Distance(ReadOnlySpan<DoubleDouble> prefixes, int row, int column)
    {
        var span = prefixes[2 * column] - prefixes[2 * row];
        var weighted = prefixes[2 * column + 1] - prefixes[2 * row + 1];
        return Math.Max(0, (weighted - span * (2.0 * row)).Value);
    }
}
