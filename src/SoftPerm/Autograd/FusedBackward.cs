namespace SoftPerm.Autograd;

/// <summary>What a fused node does when gradients arrive, with the state it needs for that.</summary>
/// <remarks>
/// Saved tensors must be this object's own: detached from dispose scopes, disposed in <see cref="Release"/>. The output itself
/// must not be saved: it holds the node, which would hold it. Save <c>output.detach()</c>.
/// </remarks>
internal abstract class FusedBackward
{
    /// <summary>Computes the gradients of the inputs.</summary>
    /// <remarks>
    /// Runs in a dispose scope, with gradients off, on whatever thread the engine takes; several times if the graph is retained,
    /// and then perhaps on several threads at once. What is written to <paramref name="gradients"/> becomes the layer's: tensors
    /// made here or <paramref name="upstream"/>, never one that something else owns. Exceptions reach the caller of
    /// <c>backward()</c>, see <see cref="BackwardFailure"/>.
    /// </remarks>
    /// <param name="upstream">The gradient of the output, of its shape and type, not always contiguous.</param>
    /// <param name="needed">Which inputs want a gradient.</param>
    /// <param name="gradients">A gradient of the shape of each input, or null where there is none.</param>
    protected internal abstract void Backward(Tensor upstream, ReadOnlySpan<bool> needed, Span<Tensor?> gradients);

    /// <summary>Gives the state back. Called once: when the graph's last tensor is disposed, or at once if no graph was made.</summary>
    /// <remarks>Any thread may be the caller, the finalizer's too. Must not throw: it is called by native code.</remarks>
    protected internal abstract void Release();
}
