using SoftPerm.Autograd;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Relaxations;

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
