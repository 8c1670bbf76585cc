using SoftPerm.Validation;

namespace SoftPerm.Relaxations;

/// <summary>Brings what broadcasts with a batch to it: axes along which the batch does not vary become columns of values, or samples of orders.</summary>
internal readonly struct BatchFold
{
    private readonly long[] batch;
    private readonly long[]? result; // none where the axes are those of the batch
    private readonly long[] own, others;

    /// <param name="axes">The leading axes of what is folded.</param>
    /// <param name="batch">The batch.</param>
    public BatchFold(ReadOnlySpan<long> axes, long[] batch)
    {
        this.batch = batch;
        own = others = [];
        if (axes.SequenceEqual(batch)) return;
        long[] shape = Check.Broadcast(axes, batch)!, all = [.. Enumerable.Range(0, shape.Length).Select(axis => (long)axis)];
        own = [.. all.Where(axis => axis - (shape.Length - batch.Length) is >= 0 and var at && batch[at] == shape[axis])];
        others = [.. all.Except(own)];
        result = shape;
    }

    /// <summary>Values [..., n, d] as [batch, n, columns].</summary>
    public Tensor Columns(Tensor values)
    {
        if (result is null) return values.contiguous();
        long items = values.size(-2), width = values.size(-1);
        return values.expand([.. result, items, width]).permute([.. own, result.Length, .. others, result.Length + 1])
            .reshape([.. batch, items, Count * width]).contiguous();
    }

    /// <summary>Brings [batch, n, columns] back to [..., n, d].</summary>
    public Tensor FromColumns(Tensor columns) => result is null ? columns : Restored(columns, columns.size(-2), columns.size(-1) / Count);

    /// <summary>Orders [..., n] as [batch, samples, n].</summary>
    public Tensor Samples(Tensor orders)
    {
        var items = orders.size(-1);
        if (result is null) return orders.unsqueeze(-2).contiguous();
        return orders.expand([.. result, items]).permute([.. own, .. others, result.Length]).reshape([.. batch, Count, items]).contiguous();
    }

    /// <summary>Brings [batch, samples] back to [...].</summary>
    public Tensor FromSamples(Tensor samples) => result is null ? samples.squeeze(-1) : Restored(samples.unsqueeze(-2), 1, 1).squeeze(-1).squeeze(-1);

    /// <summary>How many entries of the result share one of the batch.</summary>
    private long Count
    {
        get
        {
            var shape = result;
            return others.Aggregate(1L, (product, axis) => product * shape![axis]);
        }
    }

    private Tensor Restored(Tensor folded, long items, long width)
    {
        var shape = result!;
        long[] order = [.. own, shape.Length, .. others, shape.Length + 1];
        long[] lengths = [.. own.Select(axis => shape[axis]), items, .. others.Select(axis => shape[axis]), width];
        return folded.reshape(lengths).permute([.. Enumerable.Range(0, order.Length).OrderBy(at => order[at]).Select(at => (long)at)]);
    }
}
