using System.Numerics;

namespace SoftPerm.Kernels.Sorting;

/// <summary>The places outside the finite scores, which no formula covers: one infinite score alone on its side is settled, in its place
/// exactly; several, or a NaN, have no limit; absent items take places that nobody has.</summary>
internal static class EdgePlaces
{
    /// <summary>Calls an action with every present place outside the finite scores.</summary>
    /// <param name="sorted">The items.</param>
    /// <param name="sequence">The sequence.</param>
    /// <param name="first">The first place that counts.</param>
    /// <param name="end">The place behind the last.</param>
    /// <param name="state">Passed on.</param>
    /// <param name="action">Gets the sequence, the place, its item, and whether the place is settled.</param>
    public static void ForEdges<TState>(this SortedItems sorted, int sequence, int first, int end, TState state, Action<TState, int, int, int, bool> action)
    {
        var shape = sorted.Shape(sequence);
        if (shape.Finite == shape.Present) return;
        var order = sorted.Order(sequence);
        for (var place = first; place < Math.Min(end, shape.Present); place++)
        {
            if (place >= shape.First && place < shape.End) place = shape.End - 1;
            else action(state, sequence, place, order[place], shape.IsSettled(place));
        }
    }

    /// <summary>Stores the rows of P X outside the finite scores: a settled one holds its item's values, that of an absent item zero.</summary>
    public static void StoreEdges<T>(this SortedItems sorted, int sequence, int first, int end, ItemMatrix<T> values, ItemMatrix<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        sorted.ForEdges(sequence, first, end, (values, target), static (job, sequence, place, item, isSettled) =>
        {
            if (isSettled) job.values.Row(sequence, item).CopyTo(job.target.Row(sequence, place));
            else job.target.Row(sequence, place).Fill(T.NaN);
        });
        for (var place = sorted.Shape(sequence).Present; place < sorted.Items; place++) target.Row(sequence, place).Clear();
    }

    /// <summary>Stores what rows outside the finite scores give to columns: a settled one all it has to its item; others make all NaN.</summary>
    /// <param name="sorted">The items.</param>
    /// <param name="sequence">The sequence.</param>
    /// <param name="first">The first place that counts.</param>
    /// <param name="end">The place behind the last.</param>
    /// <param name="values">Values by place; 1 if there are none.</param>
    /// <param name="target">Receives them by item; holds zero for items that no finite row reaches.</param>
    public static void StoreTransposedEdges<T>(
        this SortedItems sorted, int sequence, int first, int end, ItemMatrix<T> values, ItemMatrix<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        sorted.ForEdges(sequence, first, end, (values, target), static (job, sequence, place, item, isSettled) =>
        {
            if (!isSettled) return;
            if (job.values.IsWanted) job.values.Row(sequence, place).CopyTo(job.target.Row(sequence, item));
            else job.target.Row(sequence, item).Fill(T.One);
        });
        var shape = sorted.Shape(sequence);
        if (!shape.HasUnsettled(first, end)) return;
        foreach (var item in sorted.Order(sequence)[..shape.Present]) target.Row(sequence, item).Fill(T.NaN);
    }
}
