using System.Numerics;
using SoftPerm.Autograd;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm;

/// <summary>A relaxed permutation of one batch of scores on the CPU, in kernels: one graph node for each operator.</summary>
internal abstract class KernelPermutation<T> : RelaxedPermutation
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Shared<SortedItems> items;

    /// <param name="scores">s.</param>
    /// <param name="temperatures">τ, float64 of the batch shape, with a gradient if it is learned.</param>
    /// <param name="mask">Which items are there, or null.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    protected KernelPermutation(Tensor scores, Tensor temperatures, Tensor? mask, bool descending)
        : base(scores.shape, scores.dtype, scores.device, descending)
    {
        using var scope = NewDisposeScope();
        Scores = scores.Own().MoveToOuterDisposeScope();
        Temperatures = temperatures.contiguous().Own().MoveToOuterDisposeScope();
        Present = mask?.expand(scores.shape).contiguous().alias().MoveToOuterDisposeScope();
        Tensor given = scores.detach().contiguous(), perBatch = Temperatures.detach();
        items = new Shared<SortedItems>(SortedItems.Of(
            given.Buffer<T>(), Present is null ? default : Present.Buffer<bool>(), perBatch.Buffer<double>().Span(0, (int)perBatch.numel()),
            checked((int)Items), descending, get_num_threads()));
        GC.KeepAlive(given);
        GC.KeepAlive(perBatch);
    }

    protected internal override Tensor? PresentCount => Present?.sum(-1, keepdim: true);

    protected override bool HasLostTensors => Scores.IsInvalid;

    internal override bool AllOrdinary => Sorted.AllOrdinary;

    /// <summary>Hands the tensors held to the caller's scope.</summary>
    public KernelPermutation<T> MoveToOuterDisposeScope()
    {
        Scores.MoveToOuterDisposeScope();
        Temperatures.MoveToOuterDisposeScope();
        Present?.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>s.</summary>
    protected Tensor Scores { get; }

    /// <summary>τ, float64 of the batch shape.</summary>
    protected Tensor Temperatures { get; }

    /// <summary>Which items are there, of the shape of the scores; null where all are.</summary>
    protected Tensor? Present { get; }

    /// <summary>The sorted items.</summary>
    protected SortedItems Sorted => items.Value;

    /// <summary>n.</summary>
    protected int Count => checked((int)Items);

    protected override Tensor OrderCore()
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

    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        Scores.Dispose();
        Temperatures.Dispose();
        Present?.Dispose();
        items.Dispose();
    }

    /// <summary>Connects a result with the graph; what was saved belongs to the node from here on, or goes at once.</summary>
    /// <param name="result">A tensor made for this.</param>
    /// <param name="state">What the gradients need besides the sorted items and the tensors; the node disposes it.</param>
    /// <param name="values">The values, if there are any.</param>
    /// <param name="saved">Tensors that the gradients need.</param>
    /// <param name="gradients">Computes the gradients.</param>
    protected Tensor Attach(Tensor result, IDisposable[] state, Tensor? values, Tensor[] saved, KernelGradients<T> gradients)
    {
        foreach (var tensor in saved) tensor.DetachFromDisposeScope();
        var backward = new KernelBackward<T>([.. state, items.Hold()], [.. Batch, Items], saved, values?.shape, Temperatures.requires_grad, gradients);
        GC.KeepAlive(result);
        return (values, Temperatures.requires_grad) switch
        {
            (null, false) => FusedNode.Attach(result, backward, Scores),
            (null, true) => FusedNode.Attach(result, backward, Scores, Temperatures),
            (_, false) => FusedNode.Attach(result, backward, Scores, values),
            (_, true) => FusedNode.Attach(result, backward, Scores, values, Temperatures),
        };
    }

    /// <summary>The memory of a tensor [batch, n, columns] for kernels.</summary>
    protected ItemMatrix<T> Matrix(Tensor tensor, int columns) => Matrix(tensor.Buffer<T>(), columns);

    /// <summary>Memory of [batch, n, columns] for kernels; none if it is empty.</summary>
    protected ItemMatrix<T> Matrix(Buffer<T> buffer, int columns) => new(buffer, Count, columns);
}
