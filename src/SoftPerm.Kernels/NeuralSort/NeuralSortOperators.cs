using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>NeuralSort: <c>P[i, m] = exp(-D_i(m)) / Z_i</c>, m the sorted columns, in O(n log n) where gaps between scores change slowly.</summary>
/// <remarks>
/// <para>Everything is made of two sums, over the columns of rows and over the rows of columns (<see cref="RowTransform"/>).</para>
/// <para><c>-log P[i, m] = D_i(m) + ln Z_i</c>, and D_i(m) is the difference of prefix sums of the gaps and of the gaps times 2t + 1, kept in
/// twice the precision so that nothing is lost however far apart i and m are.</para>
/// </remarks>
internal sealed class NeuralSortOperators<T>(SortedItems sorted, KernelSettings settings) : SortOperators<T>(sorted, settings.Threads)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly DenseRows<T> dense = new(sorted, settings);

    public override bool HasMatrix => true;

    public override void Matrix(ItemMatrix<T> result, bool logarithm) => dense.Forward(result, logarithm);

    public override void MatrixGradient(ItemMatrix<T> upstream, bool logarithm, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        dense.Backward(upstream, logarithm, scoreGradient, temperatureGradient);
        Spoil(PlaceValues<T>.Of(default), scoreGradient, temperatureGradient);
    }

    public override void Dispose()
    {
    }

    protected override IDisposable? ApplyFinite(ItemMatrix<T> values, ItemMatrix<T> result, bool leavesTape)
    {
        var rows = AllRows();
        if (leavesTape) rows.KeepChanges(values.Columns);
        rows.ForEachGroup(new ScopeSizes(Panel(values), 0, 0), (values, result), static (job, scope) =>
        {
            for (var column = 0; column < job.values.Columns; column += ScopeTransfers.PanelColumns)
            {
                var columns = Math.Min(ScopeTransfers.PanelColumns, job.values.Columns - column);
                scope.LoadItems(job.values, column, columns);
                scope.Forward(columns);
                scope.StoreMixtures(job.values, column, columns, job.result);
            }
        });
        rows.SetPlanned();
        return Kept(rows, leavesTape);
    }

    protected override void ApplyFiniteGradient(
        IDisposable? tape, ItemMatrix<T> values, ItemMatrix<T> upstream,
        ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        using var again = tape is null ? ApplyAgain(values) : null;
        var panel = Panel(values);
        var gradient = scoreGradient.IsWanted || !temperatureGradient.IsEmpty;
        var sizes = new ScopeSizes(gradient ? panel : 0, panel + (gradient ? 1 : 0), (valueGradient.IsWanted ? panel : 0) + (gradient ? 2 : 0));
        Rows(tape, again).ForEachGroup(sizes, (values, upstream, valueGradient, scoreGradient, temperatureGradient, gradient), static (job, scope) =>
        {
            ApplyGradient(scope, job.values, job.upstream, job.valueGradient, job.gradient);
            if (job.gradient) scope.Add(job.scoreGradient, job.temperatureGradient);
        });
    }

    protected override IDisposable? TransposeFinite(PlaceValues<T> values, ItemMatrix<T> result, bool leavesTape)
    {
        var rows = AllRows();
        rows.ForEachGroup(new ScopeSizes(0, Panel(result), Panel(result)), (values.Given, result), static (job, scope) =>
        {
            scope.Forward(0);
            for (var column = 0; column < job.result.Columns; column += ScopeTransfers.PanelColumns)
            {
                var columns = Math.Min(ScopeTransfers.PanelColumns, job.result.Columns - column);
                scope.ClearWeightMargins(columns);
                scope.LoadWeights(job.Given, column, columns);
                scope.ClearResults(0, columns);
                scope.Transpose(columns, 0, columns, gradient: false);
                scope.StoreItems(job.result, column, columns, 0);
            }
        });
        rows.SetPlanned();
        return Kept(rows, leavesTape);
    }

    protected override void TransposeFiniteGradient(
        IDisposable? tape, PlaceValues<T> values, ItemMatrix<T> upstream,
        ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        using var again = tape is null ? AllRows() : null;
        var gradient = scoreGradient.IsWanted || !temperatureGradient.IsEmpty;
        var sizes = new ScopeSizes(Panel(upstream), gradient ? Panel(upstream) + 1 : 0, gradient ? 2 : 0);
        Rows(tape, again).ForEachGroup(sizes, (values.Given, upstream, valueGradient, scoreGradient, temperatureGradient, gradient), static (job, scope) =>
        {
            scope.ClearResults(0, job.gradient ? 2 : 0);
            for (var column = 0; column < job.upstream.Columns; column += ScopeTransfers.PanelColumns)
            {
                // With U in the place of the values, R[i,m] = P[i,m] Σ_c X[i,c] (U[m,c] - (P U)[i,c]).
                var columns = Math.Min(ScopeTransfers.PanelColumns, job.upstream.Columns - column);
                scope.LoadItems(job.upstream, column, columns);
                scope.Forward(columns);
                if (job.valueGradient.IsWanted) scope.StoreMixtures(job.upstream, column, columns, job.valueGradient);
                if (!job.gradient) continue;
                scope.ClearWeightMargins(columns + 1);
                scope.LoadWeights(job.Given, column, columns);
                LoadProducts(scope, columns);
                scope.Transpose(columns + 1, columns, 2, gradient: true);
            }

            if (job.gradient) scope.Add(job.scoreGradient, job.temperatureGradient);
        });
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

    private static int Panel(ItemMatrix<T> values) => Math.Min(values.Columns, ScopeTransfers.PanelColumns);

    private static PlannedRows Rows(IDisposable? tape, IDisposable? again) => (PlannedRows)(tape ?? again)!;

    private PlannedRows AllRows() => new(Sorted, settings, [0], Sorted.Items);

    private PlannedRows RowsOf(PlaceValues<T> rows, int sum)
    {
        using var firsts = new ScratchArray<int>(Sorted.Sequences);
        for (var sequence = 0; sequence < Sorted.Sequences; sequence++) firsts.Array[sequence] = rows.Places(sequence, sum).First;
        return new PlannedRows(Sorted, settings, firsts.Span, rows.Count);
    }

    private unsafe IDisposable? ApplyAgain(ItemMatrix<T> values)
    {
        using var mixtures = new ScratchArray<T>(values.Data.Length);
        fixed (T* y = mixtures.Array) return ApplyFinite(values, values with { Data = new Buffer<T>(y, values.Data.Length) }, leavesTape: true);
    }

    private static void ApplyGradient(GroupScope scope, ItemMatrix<T> values, ItemMatrix<T> upstream, ItemMatrix<T> valueGradient, bool gradient)
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
            if (hasProducts) AddProducts(scope, column, columns, isLast);
            scope.ClearResults(firstSum, results);
            scope.Transpose(series, gradient ? columns : 0, results, gradient);
            if (valueGradient.IsWanted) scope.StoreItems(valueGradient, column, columns, firstSum);
        }
    }

    /// <summary>Adds Σ_c G[i,c] Y[i,c] over the totals for a panel; they end up behind the weights of the last one.</summary>
    private static void AddProducts(GroupScope scope, int firstColumn, int columns, bool isLast)
    {
        scope.ForPlaces(scope.First, scope.End, (firstColumn, columns, isLast), static (job, scope, first, end) =>
        {
            var last = scope.Weights.Columns - 1;
            ref var products = ref scope.Weights.Column(last);
            if (job.firstColumn == 0) scope.Weights.Span(last, first, end).Clear();
            for (var c = 0; c < job.columns; c++)
            {
                // Y is the item's own value and the change, so that a change too small for Y itself is not lost.
                ref double weights = ref scope.Weights.Column(c), values = ref scope.Values.Column(c);
                var changes = scope.Changes(job.firstColumn + c);
                for (var row = first; row < end; row++)
                    Unsafe.Add(ref products, row) += Unsafe.Add(ref weights, row) * (Unsafe.Add(ref values, row) + changes[scope.Shape.First + row]);
            }

            if (job.isLast && job.columns < last) scope.Weights.Span(last, first, end).CopyTo(scope.Weights.Span(job.columns, first, end));
        });
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

    private static void LoadOnes(GroupScope scope)
    {
        scope.ForPlaces(scope.First * scope.Lanes, scope.End * scope.Lanes, scope.Totals, static (totals, scope, first, end) =>
        {
            ref double weights = ref scope.Weights.Column(0), total = ref totals.Column(0);
            for (var at = first; at < end; at++) Unsafe.Add(ref weights, at) = 1 / Unsafe.Add(ref total, at);
        });
    }
}
