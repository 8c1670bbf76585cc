using System.Numerics;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Sorting;

/// <summary>The orders wanted of one sequence, as columns of P in sorted order.</summary>
internal readonly ref struct WantedOrders : IDisposable
{
    private readonly SortedItems sorted;
    private readonly int sequence, samples;
    private readonly Buffer<long> orders;
    private readonly ScratchArray<int> memory; // the place of each item, absent ones included, then columns

    /// <param name="sorted">The sequences.</param>
    /// <param name="sequence">Which one.</param>
    /// <param name="orders">The item wanted at each place, [sequences, samples, n].</param>
    /// <param name="samples">The orders of a sequence.</param>
    public WantedOrders(SortedItems sorted, int sequence, Buffer<long> orders, int samples)
    {
        (this.sorted, this.sequence, this.orders, this.samples) = (sorted, sequence, orders, samples);
        memory = new ScratchArray<int>(2L * sorted.Items);
        var items = sorted.Order(sequence);
        for (var place = 0; place < items.Length; place++) memory.Array[items[place]] = place;
    }

    /// <summary>The column of the item wanted at each finite place, -1 if its score is not finite.</summary>
    /// <param name="sample">Which order.</param>
    /// <param name="misses">How many places, of items that are there, want an item of which they have nothing.</param>
    public ReadOnlySpan<int> Columns(int sample, out int misses)
    {
        var shape = sorted.Shape(sequence);
        var wanted = orders.Span(((long)sequence * samples + sample) * sorted.Items, sorted.Items);
        Span<int> ranks = memory.Array.AsSpan(0, sorted.Items), columns = memory.Array.AsSpan(sorted.Items, shape.Finite);
        misses = 0;
        for (var place = shape.EdgeFrom(0); place < shape.Present; place = shape.EdgeFrom(place + 1))
            if (ranks[(int)wanted[place]] != place) misses++; // no mass leaves a place of its own
        for (var i = 0; i < columns.Length; i++)
        {
            var column = ranks[(int)wanted[shape.First + i]] - shape.First;
            if ((uint)column >= (uint)columns.Length) (column, misses) = (-1, misses + 1);
            columns[i] = column;
        }

        return columns;
    }

    /// <summary>The gradient of one order's sum of -log P, given those of the cross-entropies [sequences, samples].</summary>
    public double Weight<T>(Buffer<T> upstream, int sample)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        double.CreateTruncating(upstream[(long)sequence * samples + sample]) / Math.Max(1, sorted.Shape(sequence).Present);

    /// <summary>That of all orders together.</summary>
    public double Weight<T>(Buffer<T> upstream)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double weight = 0;
        for (var sample = 0; sample < samples; sample++) weight += Weight(upstream, sample);
        return weight;
    }

    public void Dispose() => memory.Dispose();
}
