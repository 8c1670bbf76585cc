using SoftPerm.Validation;

namespace SoftPerm.Autograd;

/// <summary>Values [..., n, d] brought to a batch: axes along which the batch does not vary become columns.</summary>
internal sealed class FoldedValues
{
    private readonly long[] permutedShape = [];
    private readonly int itemAxis;
    private readonly long[]? restoring; // none where the values are as they should be

    /// <param name="values">X, whose leading axes broadcast with the batch.</param>
    /// <param name="batch">The batch.</param>
    public FoldedValues(Tensor values, long[] batch)
    {
        var shape = values.shape;
        if (shape.AsSpan()[..^2].SequenceEqual(batch))
        {
            Values = values.contiguous();
            return;
        }

        var result = Check.Broadcast(shape.AsSpan()[..^2], batch)!;
        var axes = Enumerable.Range(0, result.Length).Select(axis => (long)axis).ToArray();
        bool IsOwn(long axis)
        {
            var own = axis - (result.Length - batch.Length);
            return own >= 0 && batch[own] == result[axis];
        }

        // [own axes, n, other axes, d]
        long[] permutation = [.. axes.Where(IsOwn), result.Length, .. axes.Where(axis => !IsOwn(axis)), result.Length + 1];
        var permuted = values.expand([.. result, .. shape.AsSpan()[^2..]]).permute(permutation);
        permutedShape = permuted.shape;
        itemAxis = axes.Count(IsOwn);
        restoring = [.. permutation.Select((axis, place) => (axis, place)).OrderBy(p => p.axis).Select(p => (long)p.place)];
        var columns = permutedShape.Skip(itemAxis + 1).Aggregate(1L, (product, length) => product * length);
        Values = permuted.reshape([.. batch, shape[^2], columns]).contiguous();
    }

    /// <summary>The values, [batch, n, columns].</summary>
    public Tensor Values { get; }

    /// <summary>Brings a result of the shape of <see cref="Values"/>, with any number of rows, to [..., rows, d].</summary>
    public Tensor Unfold(Tensor result) => restoring is null
        ? result
        : result.reshape([.. permutedShape[..itemAxis], result.size(-2), .. permutedShape[(itemAxis + 1)..]]).permute(restoring);
}
