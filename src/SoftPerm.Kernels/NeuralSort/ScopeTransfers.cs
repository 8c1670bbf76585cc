using System.Numerics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Moves numbers between the caller's matrices, by item or by place, and the panels of a scope.</summary>
internal static class ScopeTransfers
{
    /// <summary>The most columns of values treated in one pass.</summary>
    public const int PanelColumns = 8;

    /// <summary>Loads columns of values by item, centred, for the columns the rows reach.</summary>
    public static void LoadItems<T>(this GroupScope scope, ItemMatrix<T> values, int firstColumn, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        scope.ClearValueMargins(columns);
        scope.ForPlaces(scope.FirstColumn, scope.EndColumn, (values, firstColumn, columns), static (job, scope, first, end) =>
        {
            var (lanes, used, middle) = (scope.Lanes, scope.UsedLanes, scope.Shape.Finite / 2);
            for (var c = 0; c < job.columns; c++)
            {
                ref var items = ref Unsafe.AsRef(in scope.FirstItem);
                ref var target = ref scope.Values.Column(c);
                var source = job.values.Column(scope.FirstSequence, used, job.firstColumn + c);
                for (var lane = 0; lane < used; lane++)
                {
                    var centre = Centre(source[Unsafe.Add(ref items, middle)]);
                    for (var place = first; place < end; place++)
                        Unsafe.Add(ref target, place * lanes + lane) = double.CreateTruncating(source[Unsafe.Add(ref items, place)]) - centre;
                    source.MoveOn();
                    if (lane + 1 < used) items = ref Unsafe.Add(ref items, scope.Sorted.Items);
                }
            }
        });
    }

    /// <summary>Stores column sums by item, for the columns the rows reach.</summary>
    public static void StoreItems<T>(this GroupScope scope, ItemMatrix<T> target, int firstColumn, int columns, int firstResult)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        scope.ForPlaces(scope.FirstColumn, scope.EndColumn, (target, firstColumn, columns, firstResult), static (job, scope, first, end) =>
        {
            var (lanes, used) = (scope.Lanes, scope.UsedLanes);
            for (var c = 0; c < job.columns; c++)
            {
                ref var items = ref Unsafe.AsRef(in scope.FirstItem);
                ref var sums = ref scope.Results.Column(job.firstResult + c);
                var target = job.target.Column(scope.FirstSequence, used, job.firstColumn + c);
                for (var lane = 0; lane < used; lane++)
                {
                    for (var place = first; place < end; place++)
                        target[Unsafe.Add(ref items, place)] = T.CreateTruncating(Unsafe.Add(ref sums, place * lanes + lane));
                    target.MoveOn();
                    if (lane + 1 < used) items = ref Unsafe.Add(ref items, scope.Sorted.Items);
                }
            }
        });
    }

    /// <summary>Sets series of weights to those of a matrix by place, over the totals.</summary>
    public static void LoadWeights<T>(this GroupScope scope, ItemMatrix<T> source, int firstColumn, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        scope.ForPlaces(scope.First, scope.End, (source, firstColumn, columns), static (job, scope, first, end) =>
        {
            ref var totals = ref scope.Totals.Column(0);
            var (lanes, used, place) = (scope.Lanes, scope.UsedLanes, scope.Shape.First);
            for (var c = 0; c < job.columns; c++)
            {
                ref var weights = ref scope.Weights.Column(c);
                var source = job.source.Column(scope.FirstSequence, used, job.firstColumn + c);
                for (var lane = 0; lane < used; lane++)
                {
                    for (var row = first; row < end; row++)
                    {
                        var at = row * lanes + lane;
                        Unsafe.Add(ref weights, at) = double.CreateTruncating(source[place + row]) / Unsafe.Add(ref totals, at);
                    }

                    source.MoveOn();
                }
            }
        });
    }

    /// <summary>Stores mixtures of values by place, for the rows.</summary>
    /// <param name="scope">The group.</param>
    /// <param name="values">The values that were loaded.</param>
    /// <param name="firstColumn">The first column.</param>
    /// <param name="columns">How many.</param>
    /// <param name="target">Receives the mixtures.</param>
    /// <param name="changes">Receives them less the values of each place's own item; may be empty.</param>
    public static void StoreMixtures<T>(
        this GroupScope scope, ItemMatrix<T> values, int firstColumn, int columns, ItemMatrix<T> target, ItemMatrix<double> changes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        scope.ForPlaces(scope.First, scope.End, (values, firstColumn, columns, target, changes), static (job, scope, first, end) =>
        {
            var (lanes, used, place, middle) = (scope.Lanes, scope.UsedLanes, scope.Shape.First, scope.Shape.Finite / 2);
            for (var c = 0; c < job.columns; c++)
            {
                var column = job.firstColumn + c;
                ref var items = ref Unsafe.AsRef(in scope.FirstItem);
                ref double mixtures = ref scope.Mixtures.Column(c), own = ref scope.Values.Column(c);
                var values = job.values.Column(scope.FirstSequence, used, column);
                var target = job.target.Column(scope.FirstSequence, used, column);
                for (var lane = 0; lane < used; lane++)
                {
                    var centre = Centre(values[Unsafe.Add(ref items, middle)]);
                    for (var row = first; row < end; row++)
                        target[place + row] = T.CreateTruncating(Unsafe.Add(ref mixtures, row * lanes + lane) + centre);
                    values.MoveOn();
                    target.MoveOn();
                    if (lane + 1 < used) items = ref Unsafe.Add(ref items, scope.Sorted.Items);
                }

                if (!job.changes.IsWanted) continue;
                var changes = job.changes.Column(scope.FirstSequence, used, column);
                for (var lane = 0; lane < used; lane++, changes.MoveOn())
                {
                    for (var row = first; row < end; row++)
                        changes[place + row] = Unsafe.Add(ref mixtures, row * lanes + lane) - Unsafe.Add(ref own, row * lanes + lane);
                }
            }
        });
    }

    /// <summary>Stores the rows of P X outside the finite scores: a settled one holds its item's values, that of an absent item zero.</summary>
    public static void StoreEdges<T>(this GroupScope scope, ItemMatrix<T> values, ItemMatrix<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        scope.ForEdges((values, target), static (job, sequence, place, item, isSettled) =>
        {
            if (isSettled) job.values.Row(sequence, item).CopyTo(job.target.Row(sequence, place));
            else job.target.Row(sequence, place).Fill(T.NaN);
        });
        for (var place = scope.Shape.Present; place < scope.Sorted.Items; place++) target.Row(scope.FirstSequence, place).Clear();
    }

    /// <summary>Stores what rows outside the finite scores give to columns: a settled one all it has to its item; others make all NaN.</summary>
    /// <param name="scope">The group.</param>
    /// <param name="values">Values by place; 1 if there are none.</param>
    /// <param name="target">Receives them by item; holds zero for items that no finite row reaches.</param>
    public static void StoreTransposedEdges<T>(this GroupScope scope, ItemMatrix<T> values, ItemMatrix<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        scope.ForEdges((values, target), static (job, sequence, place, item, isSettled) =>
        {
            if (!isSettled) return;
            if (job.values.IsWanted) job.values.Row(sequence, place).CopyTo(job.target.Row(sequence, item));
            else job.target.Row(sequence, item).Fill(T.One);
        });
        if (!scope.Shape.HasUnsettled(scope.FirstPlace, scope.EndPlace)) return;
        foreach (var item in scope.Sorted.Order(scope.FirstSequence)[..scope.Shape.Present]) target.Row(scope.FirstSequence, item).Fill(T.NaN);
    }

    /// <summary>Calls an action with every present place outside the finite scores: the rows that are exact, or not settled at all.</summary>
    /// <param name="scope">The group; lanes have no such places.</param>
    /// <param name="state">Passed on.</param>
    /// <param name="action">Gets the sequence, the place, its item, and whether the row is settled: that item alone.</param>
    public static void ForEdges<TState>(this GroupScope scope, TState state, Action<TState, int, int, int, bool> action)
    {
        var shape = scope.Shape;
        if (shape.Finite == shape.Present) return;
        var sequence = scope.FirstSequence;
        var order = scope.Sorted.Order(sequence);
        for (var place = scope.FirstPlace; place < Math.Min(scope.EndPlace, shape.Present); place++)
        {
            if (place >= shape.First && place < shape.End) place = shape.End - 1;
            else action(state, sequence, place, order[place], shape.IsSettled(place));
        }
    }

    // What is subtracted from a column of values, so that a common offset costs no accuracy: the value in the middle.
    private static double Centre<T>(T middle)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => T.IsFinite(middle) ? double.CreateTruncating(middle) : 0;
}
