using System.Numerics;
using SoftPerm.Autograd;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>NeuralSort of one batch of scores on the CPU, in kernels: one graph node for each operator.</summary>
internal sealed class KernelNeuralSortPermutation<T> : KernelPermutation<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly KernelSettings settings;

    /// <param name="scores">s.</param>
    /// <param name="temperatures">τ, float64 of the batch shape, with a gradient if it is learned.</param>
    /// <param name="mask">Which items are there, or null.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <param name="tolerance">ε.</param>
    public KernelNeuralSortPermutation(Tensor scores, Tensor temperatures, Tensor? mask, bool descending, double tolerance)
        : base(scores, temperatures, mask, descending) => settings = new KernelSettings(tolerance, SimdWidths.InUse, get_num_threads());

    protected override Tensor ApplyCore(Tensor values)
    {
        var folded = new FoldedValues(values, [.. Batch]);
        var x = folded.Values;
        Tensor result = empty(x.shape, ElementType), changes = empty(IsWanted(x) ? x.shape : [0], float64);
        var columns = checked((int)x.size(-1));
        var rows = AllRows();
        var saved = x.detach();
        var apply = new ApplyOperator<T>(rows, Matrix(saved, columns));
        apply.Forward(Matrix(result, columns), new ItemMatrix<double>(changes.Buffer<double>(), Count, columns));
        return folded.Unfold(Attach(result, rows, x, [saved, changes], (upstream, valueGradient, scoreGradient, temperatureGradient) =>
            apply.Backward(Matrix(upstream, columns), new ItemMatrix<double>(changes.Buffer<double>(), Count, columns), Matrix(valueGradient, columns), Matrix(scoreGradient, 1), temperatureGradient)));
    }

    protected override Tensor ApplyTransposeCore(Tensor values)
    {
        var folded = new FoldedValues(values, [.. Batch]);
        var x = folded.Values;
        var result = empty(x.shape, ElementType);
        var columns = checked((int)x.size(-1));
        var rows = AllRows();
        var saved = x.detach();
        var apply = new ApplyTransposeOperator<T>(rows, Matrix(saved, columns));
        apply.Forward(Matrix(result, columns));
        return folded.Unfold(Attach(result, rows, x, [saved], (upstream, valueGradient, scoreGradient, temperatureGradient) =>
            apply.Backward(Matrix(upstream, columns), Matrix(valueGradient, columns), Matrix(scoreGradient, 1), temperatureGradient)));
    }

    protected override Tensor TopKCore(long k) => RowSum([0], (int)k);

    protected override Tensor RowsCore(Tensor places)
    {
        var perBatch = places.expand([.. Batch, places.size(-1)]);
        return stack(Enumerable.Range(0, (int)places.size(-1)).Select(r =>
        {
            var firsts = perBatch.select(-1, r).to(int32).contiguous();
            var row = RowSum(firsts.Buffer<int>().Span(0, (int)firsts.numel()), 1);
            GC.KeepAlive(firsts);
            return row;
        }), -2);
    }

    protected override Tensor CrossEntropyCore(Tensor order)
    {
        var shape = Check.Broadcast(order.shape, [.. Batch, Items])!;
        if (shape.Length != Batch.Count + 1 || !shape.AsSpan()[..^1].SequenceEqual([.. Batch]))
        {
            using var larger = new KernelNeuralSortPermutation<T>(
                Scores.expand(shape), Temperatures.expand(shape[..^1]), Present?.expand(shape), Descending, settings.Tolerance);
            return larger.CrossEntropyCore(order);
        }

        var wanted = order.expand(shape).contiguous().detach();
        var result = empty([.. Batch], ElementType);
        var rows = AllRows();
        var entropy = new CrossEntropyOperator<T>(rows, wanted.Buffer<long>());
        entropy.Forward(result.Buffer<T>());
        return Attach(result, rows, null, [wanted], (upstream, _, scoreGradient, temperatureGradient) =>
            entropy.Backward(upstream, Matrix(scoreGradient, 1), temperatureGradient));
    }

    protected override Tensor LogMatrixCore() => Dense(logarithm: true);

    protected override Tensor MatrixCore() => Dense(logarithm: false);

    private Tensor Dense(bool logarithm)
    {
        var result = empty([.. Batch, Items, Items], ElementType);
        var dense = new DenseOperator<T>(Sorted, settings, logarithm);
        dense.Forward(Matrix(result, Count));
        return Attach(result, null, null, [], (upstream, _, scoreGradient, temperatureGradient) =>
            dense.Backward(Matrix(upstream, Count), Matrix(scoreGradient, 1), temperatureGradient));
    }

    private Tensor RowSum(ReadOnlySpan<int> firsts, int count)
    {
        var result = empty([.. Batch, Items], ElementType);
        var rows = new PlannedRows(Sorted, settings, firsts, count);
        var sum = new RowSumOperator<T>(rows);
        sum.Forward(Matrix(result, 1));
        return Attach(result, rows, null, [], (upstream, _, scoreGradient, temperatureGradient) =>
            sum.Backward(Matrix(upstream, 1), Matrix(scoreGradient, 1), temperatureGradient));
    }

    private bool IsWanted(Tensor values) => FusedNode.Wanted(Scores, values, Temperatures);

    private PlannedRows AllRows() => new(Sorted, settings, [0], Count);

    private Tensor Attach(Tensor result, PlannedRows? rows, Tensor? values, Tensor[] saved, KernelGradients<T> gradients) =>
        Attach(result, rows is null ? [] : [rows], values, saved, gradients);
}
