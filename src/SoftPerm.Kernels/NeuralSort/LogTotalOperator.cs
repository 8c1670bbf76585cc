using System.Numerics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>ln Z of each row.</summary>
/// <param name="rows">All rows of every sequence.</param>
internal sealed class LogTotalOperator<T>(PlannedRows rows)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Computes ln Z by place: 0 for a settled row, NaN for one that is not, -∞ for that of an absent item.</summary>
    public void Forward(ItemMatrix<T> result)
    {
        rows.ForEachGroup(default, result, static (result, scope) =>
        {
            scope.Forward(0);
            scope.ForPlaces(scope.First, scope.End, result, static (result, scope, first, end) =>
            {
                ref var totals = ref scope.Totals.Column(0);
                var target = result.Column(scope.FirstSequence, scope.UsedLanes, 0);
                for (var lane = 0; lane < scope.UsedLanes; lane++, target.MoveOn())
                {
                    for (var row = first; row < end; row++)
                        target[scope.Shape.First + row] = T.CreateTruncating(Math.Log(Unsafe.Add(ref totals, row * scope.Lanes + lane)));
                }
            });
            var shape = scope.Shape;
            for (var place = shape.EdgeFrom(0); place < shape.Present; place = shape.EdgeFrom(place + 1))
                result.At(scope.FirstSequence, place, 0) = shape.IsSettled(place) ? T.Zero : T.NaN;
            for (var place = scope.Shape.Present; place < scope.Sorted.Items; place++) result.At(scope.FirstSequence, place, 0) = T.NegativeInfinity;
        });
        rows.SetPlanned();
    }
}
