using SoftPerm.Validation;

namespace SoftPerm.Relaxations;

/// <summary>Gathers along the item axis, with leading axes that broadcast.</summary>
internal static class Gathered
{
    /// <summary>Rows of [..., n, d] in the order [..., n].</summary>
    public static Tensor Rows(Tensor values, Tensor order)
    {
        var batch = Check.Broadcast(values.shape.AsSpan()[..^2], order.shape.AsSpan()[..^1])!;
        long items = order.size(-1), width = values.size(-1);
        var index = order.unsqueeze(-1).expand([.. batch, items, width]);
        return values.expand([.. batch, items, width]).gather(-2, index);
    }

    /// <summary>Rows of [..., n, d] at places [..., r], whose batch broadcasts to that of the rows.</summary>
    public static Tensor SomeRows(Tensor values, Tensor places)
    {
        long[] batch = values.shape[..^2];
        return values.gather(-2, places.expand([.. batch, places.size(-1)]).unsqueeze(-1).expand([.. batch, places.size(-1), values.size(-1)]));
    }

    /// <summary>Entries of [..., n] in the order [..., k].</summary>
    public static Tensor Entries(Tensor values, Tensor order)
    {
        var batch = Check.Broadcast(values.shape.AsSpan()[..^1], order.shape.AsSpan()[..^1])!;
        return values.expand([.. batch, values.size(-1)]).gather(-1, order.expand([.. batch, order.size(-1)]));
    }

    /// <summary>Columns of [..., r, n] in the order [..., n].</summary>
    public static Tensor Columns(Tensor rows, Tensor order) => rows.gather(-1, order.unsqueeze(-2).expand(rows.shape));
}
