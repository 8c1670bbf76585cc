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
                    var centre = source.Centre(Unsafe.Add(ref items, middle));
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

    /// <summary>Stores mixtures of values by place, for the rows, and keeps their changes if the rows do.</summary>
    /// <param name="scope">The group.</param>
    /// <param name="values">The values that were loaded.</param>
    /// <param name="firstColumn">The first column.</param>
    /// <param name="columns">How many.</param>
    /// <param name="target">Receives the mixtures.</param>
    public static void StoreMixtures<T>(this GroupScope scope, ItemMatrix<T> values, int firstColumn, int columns, ItemMatrix<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        scope.ForPlaces(scope.First, scope.End, (values, firstColumn, columns, target), static (job, scope, first, end) =>
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
                    var centre = values.Centre(Unsafe.Add(ref items, middle));
                    for (var row = first; row < end; row++)
                        target[place + row] = T.CreateTruncating(Unsafe.Add(ref mixtures, row * lanes + lane) + centre);
                    values.MoveOn();
                    target.MoveOn();
                    if (lane + 1 < used) items = ref Unsafe.Add(ref items, scope.Sorted.Items);
                }

                if (!scope.KeepsChanges) continue;
                var changes = scope.Changes(column);
                for (var row = first; row < end; row++) changes[place + row] = Unsafe.Add(ref mixtures, row) - Unsafe.Add(ref own, row);
            }
        });
    }
}
