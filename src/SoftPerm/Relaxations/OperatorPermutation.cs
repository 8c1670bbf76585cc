using System.Numerics;
using SoftPerm.Autograd;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>A relaxed permutation whose kernels say what it does to values; single rows are what its transpose makes of single places.</summary>
internal class OperatorPermutation<T> : KernelPermutation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Func<SortedItems, int, SortOperators<T>> create;
    private readonly Composition compose;

    /// <param name="scores">s.</param>
    /// <param name="temperatures">τ, float64 of the batch shape, with a gradient if it is learned.</param>
    /// <param name="mask">Which items are there, or null.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <param name="create">Makes the operators of sorted items, for a number of threads.</param>
    /// <param name="compose">Makes the same permutation of tensor operations, for its matrix.</param>
    public OperatorPermutation(
        Tensor scores, Tensor temperatures, Tensor? mask, bool descending,
        Func<SortedItems, int, SortOperators<T>> create, Composition compose)
        : base(scores, temperatures, mask, descending)
    {
        Operators = new Shared<SortOperators<T>>(create(Sorted, get_num_threads()));
        (this.create, this.compose) = (create, compose);
    }

    /// <summary>The kernels.</summary>
    protected Shared<SortOperators<T>> Operators { get; }

    protected override Tensor ApplyCore(Tensor values)
    {
        var folded = new FoldedValues(values, [.. Batch]);
        Tensor x = folded.Values, saved = x.detach(), result = empty(x.shape, ElementType);
        var columns = checked((int)x.size(-1));
        var kernel = Operators.Value;
        kernel.Apply(Matrix(saved, columns), Matrix(result, columns));
        return folded.Unfold(Attach(result, [Operators.Hold()], x, [saved], (upstream, valueGradient, scoreGradient, temperatureGradient) =>
            kernel.ApplyGradient(Matrix(saved, columns), Matrix(upstream, columns), Matrix(valueGradient, columns), Matrix(scoreGradient, 1), temperatureGradient)));
    }

    protected override Tensor ApplyTransposeCore(Tensor values)
    {
        var folded = new FoldedValues(values, [.. Batch]);
        Tensor x = folded.Values, saved = x.detach(), result = empty(x.shape, ElementType);
        var columns = checked((int)x.size(-1));
        var kernel = Operators.Value;
        kernel.ApplyTranspose(Matrix(saved, columns), Matrix(result, columns));
        return folded.Unfold(Attach(result, [Operators.Hold()], x, [saved], (upstream, valueGradient, scoreGradient, temperatureGradient) =>
            kernel.ApplyTransposeGradient(Matrix(saved, columns), Matrix(upstream, columns), Matrix(valueGradient, columns), Matrix(scoreGradient, 1), temperatureGradient)));
    }

    protected override Tensor TopKCore(long k) => Sorted.HasUnsettled ? ReadApart(p => p.TopKCore(k), composed => composed.TopK(k)) :
        ApplyTransposeCore(Indices(Items, int64).lt(Number(k)).to(ElementType).expand([.. Batch, Items]).unsqueeze(-1)).squeeze(-1);

    protected override Tensor RowsCore(Tensor places)
    {
        if (Sorted.HasUnsettled) return ReadApart(p => p.RowsCore(places), composed => composed.Rows(places));
        var wanted = places.unsqueeze(-2).eq(Indices(Items, int64).unsqueeze(-1)).to(ElementType);
        return ApplyTransposeCore(wanted.expand([.. Batch, Items, places.size(-1)])).transpose(-1, -2);
    }

    protected override Tensor CrossEntropyCore(Tensor order)
    {
        var shape = Check.Broadcast(order.shape, [.. Batch, Items])!;
        if (!shape.AsSpan()[..^1].SequenceEqual([.. Batch])) return InTensorOperations(composed => composed.CrossEntropy(order));

        Tensor wanted = order.expand(shape).contiguous().detach(), result = empty([.. Batch], ElementType);
        var kernel = Operators.Value;
        kernel.CrossEntropy(wanted.Buffer<long>(), result.Buffer<T>());
        return Attach(result, [Operators.Hold()], null, [wanted], (upstream, _, scoreGradient, temperatureGradient) =>
            kernel.CrossEntropyGradient(wanted.Buffer<long>(), upstream, Matrix(scoreGradient, 1), temperatureGradient));
    }

    protected override Tensor LogMatrixCore() => InTensorOperations(composed => composed.LogMatrix());

    protected override Tensor MatrixCore() => InTensorOperations(composed => composed.Matrix());

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) Operators.Dispose();
    }

    /// <summary>Reads all sequences in tensor operations.</summary>
    private protected Tensor InTensorOperations(Func<RelaxedPermutation, Tensor> read)
    {
        using var composed = compose(Scores, Temperatures, Present);
        return read(composed);
    }

    /// <summary>Reads sequences of which some place has no limit in tensor operations, and the others, which have none of that, as ever.</summary>
    /// <remarks>The transpose spoils every item if one place has no limit; composed rows are those of the places asked for, and so is their gradient.</remarks>
    private protected virtual Tensor ReadApart(Func<OperatorPermutation<T>, Tensor> read, Func<RelaxedPermutation, Tensor> readComposed)
    {
        var unsettled = tensor([.. Enumerable.Range(0, Sorted.Sequences).Select(k => Sorted.Shape(k) is var shape && shape.HasUnsettled(0, shape.Present))]).reshape([.. Batch]);
        // In each of the two the other's sequences are of zeros, which are settled and pass no gradient on.
        using var settled = new OperatorPermutation<T>(
            Scores.masked_fill(unsettled.unsqueeze(-1), Number(0)), Temperatures, Present, Descending, create, compose);
        using var composed = compose(Scores.masked_fill(unsettled.logical_not().unsqueeze(-1), Number(0)), Temperatures, Present);
        Tensor direct = read(settled), inTensorOperations = readComposed(composed);
        long[] whole = [.. unsettled.shape, .. Enumerable.Repeat(1L, (int)(direct.dim() - unsettled.dim()))];
        return inTensorOperations.where(unsettled.reshape(whole), direct);
    }
}

/// <summary>Makes a relaxed permutation of tensor operations.</summary>
internal delegate RelaxedPermutation Composition(Tensor scores, Tensor temperatures, Tensor? mask);
