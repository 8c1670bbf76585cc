using System.Numerics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>NeuralSort: <c>P[i, m] = exp(-D_i(m)) / Z_i</c>, m the sorted columns, in O(n log n) where gaps between scores change slowly.</summary>
/// <remarks>
/// <para>Everything is made of two sums, over the columns of rows and over the rows of columns (<see cref="RowTransform"/>).</para>
/// </remarks>
internal sealed partial class NeuralSortOperators<T>(SortedItems sorted, KernelSettings settings) : SortOperators<T>(sorted, settings.Threads)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
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

    private static int Panel(ItemMatrix<T> values) => Math.Min(values.Columns, ScopeTransfers.PanelColumns);

    private static PlannedRows Rows(IDisposable? tape, IDisposable? again) => (PlannedRows)(tape ?? again)!;

    private PlannedRows AllRows() => new(Sorted, settings, [0], Sorted.Items);

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
}

/// <summary>Turns the sums A and W of the logits' gradient R into gradients of the scores and the temperature.</summary>
/// <remarks>
/// With A[m] = Σ_i R[i,m] and W[m] = Σ_i 2(m-i) R[i,m] in sorted columns,
/// <c>ds[m] = (W[m] + Σ_{larger} A - Σ_{smaller} A) / τ</c>. Where scores are equal sign(0) = 0 is taken, which adds
/// A[m] ((n-1-2m) - (#smaller - #larger)). Rows of P sum to 1, so A sums to 0 over any stretch of scores that no mass leaves.
/// As P depends on s/τ only, <c>τ dτ = -Σ_m s[m] ds[m]</c>, summed by gaps.
/// </remarks>
internal static class ScoreGradients
{
    /// <summary>Adds the gradients of a group, whose A and W are its first two results and are spent.</summary>
    /// <param name="scope">The group.</param>
    /// <param name="scoreGradient">Receives the gradients of the scores by item, added; may be empty.</param>
    /// <param name="temperatureGradient">Receives that of the temperature by sequence, added; may be empty.</param>
    public static void Add<T>(this GroupScope scope, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var lane = 0; lane < scope.UsedLanes; lane++)
        {
            var slope = SetGradients(scope, lane);
            if (!temperatureGradient.IsEmpty) temperatureGradient[scope.SequenceOf(lane)] += slope;
        }

        if (scoreGradient.IsWanted) scope.ForPlaces(scope.FirstColumn, scope.EndColumn, scoreGradient, AddToItems);
    }

    /// <summary>Puts ds, as if the largest score came first, in the place of W.</summary>
    /// <returns>dτ.</returns>
    private static double SetGradients(GroupScope scope, int lane)
    {
        var lanes = scope.Lanes;
        ref double a = ref Unsafe.Add(ref scope.Results.Column(0), lane), w = ref Unsafe.Add(ref scope.Results.Column(1), lane);
        ref readonly var gaps = ref scope.GapsOf(lane);
        var (temperature, tail) = (scope.Sorted.Temperature(scope.SequenceOf(lane)), scope.Tail);
        double larger = 0, flux = 0, temperatureGradient = 0;
        for (int first = scope.FirstColumn, end; first < scope.EndColumn; first = end)
        {
            // 1. One group of equal scores [first, end).
            var sum = Unsafe.Add(ref a, first * lanes);
            for (end = first + 1; end < scope.EndColumn && Unsafe.Add(ref Unsafe.AsRef(in gaps), end - 1) == 0; end++) sum += Unsafe.Add(ref a, end * lanes);
            // 2. Their gradients.
            for (var m = first; m < end; m++)
            {
                var tie = first + end - 1 - 2.0 * m;
                ref var gradient = ref Unsafe.Add(ref w, m * lanes);
                gradient = (gradient + tie * Unsafe.Add(ref a, m * lanes) + (2 * larger + sum)) / temperature;
                flux += gradient;
            }

            // 3. No mass crosses a gap beyond the tail: what adds up to zero on this side is zero, not its rounding errors.
            var gap = Unsafe.Add(ref Unsafe.AsRef(in gaps), end - 1);
            if (gap <= tail)
            {
                larger += sum;
                temperatureGradient -= gap * flux;
            }
            else
            {
                (larger, flux) = (0, 0);
            }
        }

        return temperatureGradient;
    }

    private static void AddToItems<T>(ItemMatrix<T> scoreGradient, GroupScope scope, int first, int end)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (lanes, sign, used) = (scope.Lanes, scope.Sorted.Sign, scope.UsedLanes);
        ref var items = ref Unsafe.AsRef(in scope.FirstItem);
        ref var gradients = ref scope.Results.Column(1);
        var target = scoreGradient.Column(scope.FirstSequence, used, 0);
        for (var lane = 0; lane < used; lane++)
        {
            for (var m = first; m < end; m++) target[Unsafe.Add(ref items, m)] += T.CreateTruncating(Unsafe.Add(ref gradients, m * lanes + lane) * sign);
            target.MoveOn();
            if (lane + 1 < used) items = ref Unsafe.Add(ref items, scope.Sorted.Items);
        }
    }
}
