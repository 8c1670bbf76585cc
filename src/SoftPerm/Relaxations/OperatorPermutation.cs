using System.Numerics;
using SoftPerm.Autograd;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>A relaxed permutation whose kernels say what it does to values; single rows are what its transpose makes of single places.</summary>
internal class OperatorPermutation<T> : KernelPermutation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
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
        this.compose = compose;
    }

    /// <summary>The kernels.</summary>
    protected Shared<SortOperators<T>> Operators { get; }

    protected override Tensor ApplyCore(Tensor values)
    {
        var folded = new FoldedValues(values, [.. Batch]);
        Tensor x = folded.Values, saved = x.detach(), result = empty(x.shape, ElementType);
        var columns = checked((int)x.size(-1));
        var kernel = Operators.Value;
        var tape = kernel.Apply(Matrix(saved, columns), Matrix(result, columns), IsWanted(x));
        return folded.Unfold(Attach(result, tape, x, [saved], (upstream, valueGradient, scoreGradient, temperatureGradient) =>
            kernel.ApplyGradient(tape, Matrix(saved, columns), Matrix(upstream, columns), Matrix(valueGradient, columns), Matrix(scoreGradient, 1), temperatureGradient)));
    }

    protected override Tensor ApplyTransposeCore(Tensor values)
    {
        var folded = new FoldedValues(values, [.. Batch]);
        Tensor x = folded.Values, saved = x.detach(), result = empty(x.shape, ElementType);
        var columns = checked((int)x.size(-1));
        var kernel = Operators.Value;
        var tape = kernel.ApplyTranspose(Matrix(saved, columns), Matrix(result, columns), IsWanted(x));
        return folded.Unfold(Attach(result, tape, x, [saved], (upstream, valueGradient, scoreGradient, temperatureGradient) =>
            kernel.ApplyTransposeGradient(tape, Matrix(saved, columns), Matrix(upstream, columns), Matrix(valueGradient, columns), Matrix(scoreGradient, 1), temperatureGradient)));
    }

    protected override Tensor TopKCore(long k) => SumRows(zeros([.. Batch, 1], int32), checked((int)k)).squeeze(-1);

    protected override Tensor RowsCore(Tensor places) =>
        SumRows(places.expand([.. Batch, places.size(-1)]).to(int32).contiguous(), 1).transpose(-1, -2);

    protected override Tensor CrossEntropyCore(Tensor order)
    {
        // Axes that the batch does not have, or along which it does not vary, become samples.
        var shape = Check.Broadcast(order.shape, [.. Batch, Items])!;
        var folded = new FoldedValues(order.expand(shape).unsqueeze(-1), [.. Batch]);
        var wanted = folded.Values.transpose(-1, -2).contiguous().detach();
        var samples = checked((int)wanted.size(-2));
        var result = empty(wanted.shape[..^1], ElementType);
        var kernel = Operators.Value;
        var tape = kernel.CrossEntropy(wanted.Buffer<long>(), samples, result.Buffer<T>(), IsWanted(null));
        var attached = Attach(result, tape, null, [wanted], (upstream, _, scoreGradient, temperatureGradient) =>
            kernel.CrossEntropyGradient(tape, wanted.Buffer<long>(), samples, upstream, Matrix(scoreGradient, 1), temperatureGradient));
        return folded.Unfold(attached.unsqueeze(-2)).squeeze(-1).squeeze(-1);
    }

    protected override Tensor LogMatrixCore() => Operators.Value.HasMatrix ? Dense(logarithm: true) : InTensorOperations(composed => composed.LogMatrix());

    protected override Tensor MatrixCore() => Operators.Value.HasMatrix ? Dense(logarithm: false) : InTensorOperations(composed => composed.Matrix());

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

    private Tensor Dense(bool logarithm)
    {
        var result = empty([.. Batch, Items, Items], ElementType);
        var kernel = Operators.Value;
        kernel.Matrix(Matrix(result, Count), logarithm);
        return Attach(result, null, null, [], (upstream, _, scoreGradient, temperatureGradient) =>
            kernel.MatrixGradient(Matrix(upstream, Count), logarithm, Matrix(scoreGradient, 1), temperatureGradient));
    }

    private Tensor SumRows(Tensor firsts, int count)
    {
        var sums = checked((int)firsts.size(-1));
        var saved = firsts.detach();
        var result = empty([.. Batch, Items, sums], ElementType);
        var kernel = Operators.Value;
        var tape = kernel.SumRows(saved.Buffer<int>(), sums, count, Matrix(result, sums), IsWanted(null));
        return Attach(result, tape, null, [saved], (upstream, _, scoreGradient, temperatureGradient) =>
            kernel.SumRowsGradient(tape, saved.Buffer<int>(), sums, count, Matrix(upstream, sums), Matrix(scoreGradient, 1), temperatureGradient));
    }

    private bool IsWanted(Tensor? values) => values is null ? FusedNode.Wanted(Scores, Temperatures) : FusedNode.Wanted(Scores, values, Temperatures);

    private Tensor Attach(Tensor result, IDisposable? tape, Tensor? values, Tensor[] saved, KernelGradients<T> gradients) =>
        Attach(result, tape is null ? [Operators.Hold()] : [tape, Operators.Hold()], values, saved, gradients);
}

/// <summary>Makes a relaxed permutation of tensor operations.</summary>
internal delegate RelaxedPermutation Composition(Tensor scores, Tensor temperatures, Tensor? mask);
