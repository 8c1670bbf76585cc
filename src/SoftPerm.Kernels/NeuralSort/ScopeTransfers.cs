using System.Numerics;
using System.Runtime.CompilerServices;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Moves numbers between the caller's matrices, by item or by place, and the panels of a scope.</summary>
internal static class ScopeTransfers
{
    /// <summary>The most columns of values treated in one pass.</summary>
    public const int PanelColumns = 8;

    /// <summary>What is subtracted from a column of values, so that a common offset costs no accuracy: the value in the middle.</summary>
    public static double Centre<T>(this GroupScope scope, ItemMatrix<T> values, int lane, int column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (scope.Shape.Finite == 0) return 0;
        var item = Unsafe.Add(ref Unsafe.AsRef(in scope.FirstItem(lane)), scope.Shape.Finite / 2);
        var value = double.CreateTruncating(values.At(scope.SequenceOf(lane), item, column));
        return double.IsFinite(value) ? value : 0;
    }

    /// <summary>Loads columns of values by item, centred, for the columns the rows reach.</summary>
    public static void LoadItems<T>(this GroupScope scope, ItemMatrix<T> values, int firstColumn, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        scope.ClearValueMargins(columns);
        scope.ForPlaces(scope.FirstColumn, scope.EndColumn, (values, firstColumn, columns), static (job, scope, first, end) =>
        {
            var lanes = scope.Lanes;
            for (var lane = 0; lane < lanes; lane++)
            {
                ref var items = ref Unsafe.AsRef(in scope.FirstItem(lane));
                var sequence = scope.SequenceOf(lane);
                for (var c = 0; c < job.columns; c++)
                {
                    var centre = scope.Centre(job.values, lane, job.firstColumn + c);
                    var source = job.values.Column(sequence, job.firstColumn + c);
                    ref var target = ref Unsafe.Add(ref scope.Values.Column(c), lane);
                    for (var place = first; place < end; place++)
                        Unsafe.Add(ref target, place * lanes) = double.CreateTruncating(source[Unsafe.Add(ref items, place)]) - centre;
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
            var lanes = scope.Lanes;
            for (var lane = 0; lane < scope.UsedLanes; lane++)
            {
                ref var items = ref Unsafe.AsRef(in scope.FirstItem(lane));
                var sequence = scope.SequenceOf(lane);
                for (var c = 0; c < job.columns; c++)
                {
                    ref var sums = ref Unsafe.Add(ref scope.Results.Column(job.firstResult + c), lane);
                    var target = job.target.Column(sequence, job.firstColumn + c);
                    for (var place = first; place < end; place++) target[Unsafe.Add(ref items, place)] = T.CreateTruncating(Unsafe.Add(ref sums, place * lanes));
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
            var (lanes, place) = (scope.Lanes, scope.Shape.First);
            for (var lane = 0; lane < lanes; lane++)
            {
                var sequence = scope.SequenceOf(lane);
                for (var c = 0; c < job.columns; c++)
                {
                    ref var weights = ref scope.Weights.Column(c);
                    var source = job.source.Column(sequence, job.firstColumn + c);
                    for (var row = first; row < end; row++)
                    {
                        var at = row * lanes + lane;
                        Unsafe.Add(ref weights, at) = double.CreateTruncating(source[place + row]) / Unsafe.Add(ref totals, at);
                    }
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
        this GroupScope scope, ItemMatrix<T> values, int firstColumn, int columns, ItemMatrix<T> target, ItemMatrix<T> changes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        scope.ForPlaces(scope.First, scope.End, (values, firstColumn, columns, target, changes), static (job, scope, first, end) =>
        {
            var (lanes, place) = (scope.Lanes, scope.Shape.First);
            for (var lane = 0; lane < scope.UsedLanes; lane++)
            {
                var sequence = scope.SequenceOf(lane);
                for (var c = 0; c < job.columns; c++)
                {
                    var column = job.firstColumn + c;
                    var centre = scope.Centre(job.values, lane, column);
                    ref double mixtures = ref scope.Mixtures.Column(c), own = ref scope.Values.Column(c);
                    var target = job.target.Column(sequence, column);
                    var changes = job.changes.IsWanted ? job.changes.Column(sequence, column) : default;
                    for (var row = first; row < end; row++)
                    {
                        var at = row * lanes + lane;
                        var mixture = Unsafe.Add(ref mixtures, at);
                        target[place + row] = T.CreateTruncating(mixture + centre);
                        if (job.changes.IsWanted) changes[place + row] = T.CreateTruncating(mixture - Unsafe.Add(ref own, at));
                    }
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
}
