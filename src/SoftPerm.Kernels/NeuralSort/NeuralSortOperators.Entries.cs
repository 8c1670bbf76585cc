using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <content>
/// <para>Sums of rows; single entries; and the matrix, for looking at or for small n.</para>
/// <para><c>-log P[i, m] = D_i(m) + ln Z_i</c>, and D_i(m) is the difference of prefix sums of the gaps and of the gaps times 2t + 1, kept in
/// twice the precision so that nothing is lost however far apart i and m are. The matrix leaves no column out.</para>
/// </content>
internal sealed partial class NeuralSortOperators<T>
{
    public override bool HasMatrix => true;

    protected override void MatrixFinite(ItemMatrix<T> result, bool logarithm)
    {
        using var rows = AllRows();
        rows.ForEachGroup(default, (result, logarithm), static (job, scope) =>
        {
            for (var lane = 0; lane < scope.UsedLanes; lane++) SetMatrix(scope, lane, job.result, job.logarithm);
        });
    }

    public override void MatrixGradient(ItemMatrix<T> upstream, bool logarithm, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        using var rows = AllRows();
        rows.ForEachGroup(new ScopeSizes(0, 0, 2), (upstream, logarithm, scoreGradient, temperatureGradient), static (job, scope) =>
        {
            for (var lane = 0; lane < scope.UsedLanes; lane++) SetSums(scope, lane, job.upstream, job.logarithm);
            scope.Add(job.scoreGradient, job.temperatureGradient);
        });
        Spoil(PlaceValues<T>.Of(default), scoreGradient, temperatureGradient);
    }

    // Each sum has rows of its own; that of many single ones is planned again as quickly as it is remembered.
    protected override IDisposable? SumFinite(PlaceValues<T> rows, ItemMatrix<T> result, bool leavesTape)
    {
        IDisposable? tape = null;
        for (var sum = 0; sum < rows.Columns; sum++)
        {
            var planned = RowsOf(rows, sum);
            planned.ForEachGroup(new ScopeSizes(0, 1, 1), (result, sum), static (job, scope) =>
            {
                scope.Forward(0);
                scope.ClearWeightMargins(1);
                LoadOnes(scope);
                scope.ClearResults(0, 1);
                scope.Transpose(1, 0, 1, gradient: false);
                scope.StoreItems(job.result, job.sum, 1, 0);
            });
            planned.SetPlanned();
            tape = Kept(planned, leavesTape && rows.Columns == 1);
        }

        return tape;
    }

    protected override void SumFiniteGradient(
        IDisposable? tape, PlaceValues<T> rows, ItemMatrix<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        for (var sum = 0; sum < rows.Columns; sum++)
        {
            using var again = tape is null ? RowsOf(rows, sum) : null;
            Rows(tape, again).ForEachGroup(new ScopeSizes(1, 2, 2), (upstream, sum, scoreGradient, temperatureGradient), static (job, scope) =>
            {
                // As for P X with the upstream as values and a gradient of 1 on each row.
                scope.LoadItems(job.upstream, job.sum, 1);
                scope.Forward(1);
                scope.ClearWeightMargins(2);
                LoadOnes(scope);
                LoadProducts(scope, 1);
                scope.ClearResults(0, 2);
                scope.Transpose(2, 1, 2, gradient: true);
                scope.Add(job.scoreGradient, job.temperatureGradient);
            });
        }
    }

    protected override IDisposable? PlanLogs()
    {
        var rows = AllRows();
        rows.ForEachGroup(default, 0, static (_, scope) => scope.Forward(0));
        rows.SetPlanned();
        return rows;
    }

    protected override long LogScratch => 4L * Sorted.Items;

    protected override void PrepareLogs(int sequence, Span<double> scratch)
    {
        // Sums of the gaps, and of the gaps times 2t + 1, below each place, one after the other.
        var prefixes = MemoryMarshal.Cast<double, DoubleDouble>(scratch);
        var gaps = Sorted.Gaps.AsSpan(Sorted.GapStart(sequence), Sorted.Shape(sequence).Finite);
        var (sum, weighted) = (default(DoubleDouble), default(DoubleDouble));
        for (var place = 0; place < gaps.Length; place++)
        {
            (prefixes[2 * place], prefixes[2 * place + 1]) = (sum, weighted);
            sum += new DoubleDouble(gaps[place], 0);
            weighted += DoubleDouble.TwoProduct(gaps[place], 2.0 * place + 1);
        }
    }

    protected override void Logs(IDisposable? tape, int sequence, ReadOnlySpan<int> columns, Span<double> logs, Span<double> scratch)
    {
        ReadOnlySpan<DoubleDouble> prefixes = MemoryMarshal.Cast<double, DoubleDouble>(scratch);
        var rows = Rows(tape, null);
        for (var row = 0; row < columns.Length; row++)
            logs[row] = columns[row] < 0 ? 0 : -(Distance(prefixes, row, columns[row]) + Math.Log(rows.Total(sequence, row)));
    }

    protected override void LogsGradient(
        IDisposable? tape, Buffer<long> orders, int samples, Buffer<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        using var again = tape is null ? PlanLogs() : null;
        Rows(tape, again).ForEachGroup(new ScopeSizes(0, 1, 2), (orders, samples, upstream, scoreGradient, temperatureGradient), static (job, scope) =>
        {
            // R[i,m] = w ([m = m_i] - P[i,m]) is the gradient of the logits -D; a series without values counts negatively.
            ref double weights = ref scope.Weights.Column(0), totals = ref scope.Totals.Column(0);
            for (var lane = 0; lane < scope.UsedLanes; lane++)
            {
                using var wanted = new WantedOrders(scope.Sorted, scope.SequenceOf(lane), job.orders, job.samples);
                var weight = -wanted.Weight(job.upstream);
                for (var row = scope.First; row < scope.End; row++)
                    Unsafe.Add(ref weights, row * scope.Lanes + lane) = weight / Unsafe.Add(ref totals, row * scope.Lanes + lane);
            }

            scope.ClearWeightMargins(1);
            scope.ClearResults(0, 2);
            scope.Transpose(1, 0, 2, gradient: true);
            for (var lane = 0; lane < scope.UsedLanes; lane++)
            {
                using var wanted = new WantedOrders(scope.Sorted, scope.SequenceOf(lane), job.orders, job.samples);
                for (var sample = 0; sample < job.samples; sample++)
                    AddWanted(scope, lane, wanted.Columns(sample, out _), -wanted.Weight(job.upstream, sample));
            }

            scope.Add(job.scoreGradient, job.temperatureGradient);
        });
    }

    private static void AddWanted(GroupScope scope, int lane, ReadOnlySpan<int> columns, double weight)
    {
        ref double a = ref scope.Results.Column(0), w = ref scope.Results.Column(1);
        for (var row = 0; row < columns.Length; row++)
        {
            var column = columns[row];
            if (column < 0) continue;
            Unsafe.Add(ref a, column * scope.Lanes + lane) += weight;
            Unsafe.Add(ref w, column * scope.Lanes + lane) += 2.0 * (column - row) * weight;
        }
    }

    // For m > i: Σ_{i≤t<m} (2t+1 - 2i) g[t]; mirrored for m < i: Σ_{m≤t<i} (2i - (2t+1)) g[t].
    private static double Distance(ReadOnlySpan<DoubleDouble> prefixes, int row, int column)
    {
        var span = prefixes[2 * column] - prefixes[2 * row];
        var weighted = prefixes[2 * column + 1] - prefixes[2 * row + 1];
        return Math.Max(0, (weighted - span * (2.0 * row)).Value);
    }

    private PlannedRows RowsOf(PlaceValues<T> rows, int sum)
    {
        using var firsts = new ScratchArray<int>(Sorted.Sequences);
        for (var sequence = 0; sequence < Sorted.Sequences; sequence++) firsts.Array[sequence] = rows.Places(sequence, sum).First;
        return new PlannedRows(Sorted, settings, firsts.Span, rows.Count);
    }

    private static void LoadOnes(GroupScope scope)
    {
        scope.ForPlaces(scope.First * scope.Lanes, scope.End * scope.Lanes, scope.Totals, static (totals, scope, first, end) =>
        {
            ref double weights = ref scope.Weights.Column(0), total = ref totals.Column(0);
            for (var at = first; at < end; at++) Unsafe.Add(ref weights, at) = 1 / Unsafe.Add(ref total, at);
        });
    }

    private static void SetMatrix(GroupScope scope, int lane, ItemMatrix<T> matrix, bool logarithm)
    {
        var items = scope.FiniteItems(lane);
        using var distances = new ScratchArray<double>(items.Length);
        for (var i = 0; i < items.Length; i++)
        {
            var row = matrix.Row(scope.SequenceOf(lane), scope.Shape.First + i);
            var total = SetRow(scope, lane, i, distances.Span);
            var logTotal = Math.Log(total);
            for (var m = 0; m < items.Length; m++)
                row[items[m]] = T.CreateTruncating(logarithm ? -distances.Array[m] - logTotal : Math.Exp(-distances.Array[m]) / total);
        }
    }

    private static void SetSums(GroupScope scope, int lane, ItemMatrix<T> upstream, bool logarithm)
    {
        var shape = scope.Shape;
        var items = scope.FiniteItems(lane);
        using var distances = new ScratchArray<double>(shape.Finite);
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
