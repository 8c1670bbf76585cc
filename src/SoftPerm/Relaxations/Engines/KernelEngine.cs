using System.Numerics;
using SoftPerm.Autograd;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Validation;

namespace SoftPerm.Relaxations;

/// <summary>Makes the kernels of sorted items and their scores, which are to be read then and not later.</summary>
internal delegate SortOperators<T> KernelFactory<T>(SortedItems sorted, ItemMatrix<T> scores)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>Makes the permutation of tensor operations.</summary>
internal delegate PermutationEngine Composition(Tensor scores, Tensor temperatures, Tensor? mask);

/// <summary>A relaxed permutation of one batch of scores on the CPU, in kernels: one graph node for each operator.</summary>
internal sealed class KernelEngine<T> : PermutationEngine
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Tensor scores;
    private readonly Tensor temperatures; // float64 of the batch shape
    private readonly Tensor? present; // of the shape of the scores
    private readonly Shared<SortedKernels> kernels;
    private readonly Composition compose;

    /// <param name="scores">s.</param>
    /// <param name="temperatures">τ, float64 of the batch shape, with a gradient if it is learned.</param>
    /// <param name="mask">Which items are there, or null.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <param name="create">Makes the kernels.</param>
    /// <param name="compose">Makes the same permutation of tensor operations, for what the kernels have not.</param>
    public KernelEngine(
        Tensor scores, Tensor temperatures, Tensor? mask, bool descending, KernelFactory<T> create, Composition compose)
        : base(scores.shape, scores.dtype, scores.device, descending)
    {
        this.scores = scores.Own();
        this.temperatures = temperatures.contiguous().Own();
        present = mask?.expand(scores.shape).contiguous().alias();
        this.compose = compose;
        Hold(this.scores, this.temperatures, present);
        Tensor given = scores.detach().contiguous(), perBatch = this.temperatures.detach();
        var sorted = SortedItems.Of(
            given.Buffer<T>(), present is null ? default : present.Buffer<bool>(), perBatch.Buffer<double>().Span(0, (int)perBatch.numel()),
            checked((int)Items), descending, get_num_threads());
        kernels = new Shared<SortedKernels>(new SortedKernels(sorted, create(sorted, Matrix(given, 1))));
        GC.KeepAlive(given);
        GC.KeepAlive(perBatch);
    }

    public override Tensor? PresentCount => present?.sum(-1, keepdim: true);

    public override bool AllOrdinary => Sorted.AllOrdinary;

    public override Tensor Apply(Tensor values)
    {
        var kernel = Kernel;
        return Mapped(values, kernel.Apply, kernel.ApplyGradient);
    }

    public override Tensor SoftlySorted(Tensor scores)
    {
        var kernel = Kernel;
        if (!kernel.KnowsSortedScores) return base.SoftlySorted(scores);
        Tensor given = scores.detach().contiguous(), result = empty(given.shape, ElementType);
        kernel.SortScores(Matrix(given, 1), Matrix(result, 1));
        GC.KeepAlive(given);
        return Attach(result, null, null, [], (upstream, _, scoreGradient, temperatureGradient) =>
            kernel.SortScoresGradient(Matrix(upstream, 1), Matrix(scoreGradient, 1), temperatureGradient));
    }

    public override Tensor ApplyTranspose(Tensor values)
    {
        var kernel = Kernel;
        return Mapped(values, kernel.ApplyTranspose, kernel.ApplyTransposeGradient);
    }

    public override Tensor TopK(long k)
    {
        var firsts = zeros([.. Batch, 1], int32);
        return RowSums(firsts, (int)k).squeeze(-1);
    }

    public override Tensor Rows(Tensor places) =>
        RowSums(places.expand([.. Batch, places.size(-1)]).to(int32).contiguous(), 1).transpose(-1, -2);

    public override Tensor CrossEntropy(Tensor order)
    {
        var fold = new BatchFold(order.shape.AsSpan()[..^1], Batch);
        var wanted = fold.Samples(IsWanted() ? order.clone() : order).detach(); // a copy for the gradient: callers use their buffers again
        var samples = checked((int)wanted.size(-2));
        var result = empty([.. Batch, samples], ElementType);
        var kernel = Kernel;
        var tape = kernel.CrossEntropy(wanted.Buffer<long>(), samples, result.Buffer<T>(), IsWanted());
        return fold.FromSamples(Attach(result, tape, null, [wanted], (upstream, _, scoreGradient, temperatureGradient) =>
            kernel.CrossEntropyGradient(tape, wanted.Buffer<long>(), samples, upstream, Matrix(scoreGradient, 1), temperatureGradient)));
    }

    public override Tensor LogMatrix() => Dense(logarithm: true);

    public override Tensor Matrix() => Dense(logarithm: false);

    public override Tensor Order()
    {
        var order = empty([.. Batch, Items], int64);
        var target = order.Buffer<long>();
        for (var sequence = 0; sequence < Sorted.Sequences; sequence++)
        {
            var places = Sorted.Order(sequence);
            for (var place = 0; place < places.Length; place++) target[(long)sequence * Items + place] = places[place];
        }

        GC.KeepAlive(order);
        return order;
    }

    protected override void Release() => kernels.Dispose();

    private SortOperators<T> Kernel => kernels.Value.Operators;

    private SortedItems Sorted => kernels.Value.Sorted;

    private delegate IDisposable? Forward(ItemMatrix<T> values, ItemMatrix<T> result, bool leavesTape);

    private delegate void Backward(
        IDisposable? tape, ItemMatrix<T> values, ItemMatrix<T> upstream, ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient);

    private Tensor Mapped(Tensor values, Forward forward, Backward backward)
    {
        var fold = new BatchFold(values.shape.AsSpan()[..^2], Batch);
        Tensor x = fold.Columns(values), saved = x.detach(), result = empty(x.shape, ElementType);
        var columns = checked((int)x.size(-1));
        var tape = forward(Matrix(saved, columns), Matrix(result, columns), IsWanted(x));
        var mixed = Attach(result, tape, x, [saved], (upstream, valueGradient, scoreGradient, temperatureGradient) => backward(
            tape, Matrix(saved, columns), Matrix(upstream, columns), Matrix(valueGradient, columns), Matrix(scoreGradient, 1), temperatureGradient));
        return fold.FromColumns(mixed, values.size(-1));
    }

    /// <summary>Sums of rows, [..., n, r], by the first place of each, int32 [..., r].</summary>
    private Tensor RowSums(Tensor firsts, int count)
    {
        var sums = checked((int)firsts.size(-1));
        Tensor saved = firsts.detach(), result = empty([.. Batch, Items, sums], ElementType);
        var kernel = Kernel;
        var tape = kernel.SumRows(saved.Buffer<int>(), sums, count, Matrix(result, sums), IsWanted());
        return Attach(result, tape, null, [saved], (upstream, _, scoreGradient, temperatureGradient) =>
            kernel.SumRowsGradient(tape, saved.Buffer<int>(), sums, count, Matrix(upstream, sums), Matrix(scoreGradient, 1), temperatureGradient));
    }

    private Tensor Dense(bool logarithm)
    {
        var kernel = Kernel;
        if (!kernel.HasMatrix)
        {
            var composed = compose(scores, temperatures, present);
            return logarithm ? composed.LogMatrix() : composed.Matrix();
        }

        var result = empty([.. Batch, Items, Items], ElementType);
        var columns = checked((int)Items);
        kernel.Matrix(Matrix(result, columns), logarithm);
        return Attach(result, null, null, [], (upstream, _, scoreGradient, temperatureGradient) =>
            kernel.MatrixGradient(Matrix(upstream, columns), logarithm, Matrix(scoreGradient, 1), temperatureGradient));
    }

    private bool IsWanted() => FusedNode.Wanted(scores, temperatures);

    private bool IsWanted(Tensor values) => FusedNode.Wanted(scores, values, temperatures);

    private Tensor Attach(Tensor result, IDisposable? tape, Tensor? values, Tensor[] saved, KernelGradients<T> gradients) =>
        KernelNode.Attach(result, tape is null ? [kernels.Hold()] : [tape, kernels.Hold()], saved, gradients, scores, [.. Batch, Items], values, temperatures);

    /// <summary>The memory of a tensor [batch, n, columns] for kernels.</summary>
    private ItemMatrix<T> Matrix(Tensor tensor, int columns) => Matrix(tensor.Buffer<T>(), columns);

    /// <summary>Memory of [batch, n, columns] for kernels; none if it is empty.</summary>
    private ItemMatrix<T> Matrix(Buffer<T> buffer, int columns) => new(buffer, checked((int)Items), columns);

    /// <summary>What kernels know of a batch, which their graph nodes hold too.</summary>
    private sealed record SortedKernels(SortedItems Sorted, SortOperators<T> Operators) : IDisposable
    {
        public void Dispose()
        {
            Operators.Dispose();
            Sorted.Dispose();
        }
    }
}

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
    public Tensor FromColumns(Tensor columns, long width) => result is null ? columns : Restored(columns, columns.size(-2), width);

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

/// <summary>Connects what kernels computed with the graph.</summary>
internal static class KernelNode
{
    /// <summary>Makes a result a node of the graph, if one is wanted.</summary>
    /// <param name="result">A tensor made for this.</param>
    /// <param name="state">What the gradients need besides tensors; the node disposes it, or this method where there is none.</param>
    /// <param name="saved">Tensors that the gradients need: the node's own from here on.</param>
    /// <param name="gradients">Computes the gradients.</param>
    /// <param name="scores">What was sorted.</param>
    /// <param name="shape">Its shape, known to the caller.</param>
    /// <param name="values">What besides the scores and the temperature has a gradient, if anything has.</param>
    /// <param name="temperatures">Float64 of the batch shape.</param>
    /// <returns>The result.</returns>
    public static Tensor Attach<T>(
        Tensor result, IDisposable[] state, Tensor[] saved, KernelGradients<T> gradients, Tensor scores, long[] shape, Tensor? values, Tensor temperatures)
        where T : unmanaged
    {
        foreach (var tensor in saved) tensor.DetachFromDisposeScope();
        var backward = new KernelBackward<T>(state, shape, saved, values?.shape, temperatures.requires_grad, gradients);
        return (values, temperatures.requires_grad) switch
        {
            (null, false) => FusedNode.Attach(result, backward, scores),
            (null, true) => FusedNode.Attach(result, backward, scores, temperatures),
            (_, false) => FusedNode.Attach(result, backward, scores, values),
            (_, true) => FusedNode.Attach(result, backward, scores, values, temperatures),
        };
    }
}

/// <summary>The backward of an operator in kernels; its inputs are the scores, then values, then a temperature.</summary>
/// <param name="state">What the gradients need besides tensors; disposed with the node.</param>
/// <param name="shape">The shape of the scores.</param>
/// <param name="saved">Tensors of the node's own.</param>
/// <param name="valueShape">The shape of the values; null where there are none.</param>
/// <param name="hasTemperature">Whether the temperature is a tensor, float64 of the batch shape.</param>
/// <param name="run">Computes the gradients that are wanted from that on the output.</param>
internal sealed class KernelBackward<T>(
    IDisposable[] state, long[] shape, Tensor[] saved, long[]? valueShape, bool hasTemperature, KernelGradients<T> run) : FusedBackward
    where T : unmanaged
{
    protected internal override void Backward(Tensor upstream, ReadOnlySpan<bool> needed, Span<Tensor?> gradients)
    {
        var given = upstream.contiguous();
        Tensor? scores = null, values = null, temperature = null;
        if (needed[0]) gradients[0] = scores = zeros(shape, given.dtype);
        if (valueShape is not null && needed[1]) gradients[1] = values = empty(valueShape, given.dtype);
        if (hasTemperature && needed[^1]) gradients[^1] = temperature = zeros(shape[..^1], float64);
        run(given.Buffer<T>(), values is null ? default : values.Buffer<T>(), scores is null ? default : scores.Buffer<T>(),
            temperature is null ? default : temperature.Buffer<double>());
        GC.KeepAlive(given);
        GC.KeepAlive(scores);
        GC.KeepAlive(values);
        GC.KeepAlive(temperature);
    }

    protected internal override void Release()
    {
        foreach (var part in state) part.Dispose();
        foreach (var tensor in saved) tensor.Dispose();
    }
}

/// <summary>Computes gradients from that on an operator's output; an empty buffer is not wanted. Those for scores' and
/// temperatures' hold zero before.</summary>
internal delegate void KernelGradients<T>(Buffer<T> upstream, Buffer<T> values, Buffer<T> scores, Buffer<double> temperatures)
    where T : unmanaged;
