using System.Runtime.InteropServices;

namespace SoftPerm.Autograd;

/// <summary>Attaches a computed tensor to the autograd graph as one node with a managed backward.</summary>
/// <remarks>
/// <para>What TorchSharp's <c>SingleTensorFunction</c> does, over the same native entry points, at a quarter of its price.
/// Second derivatives do not exist here: <c>create_graph: true</c> fails with a clear message.</para>
/// <para>Changing a saved input in place before the backward pass is not detected, as it would be for built-in operations.</para>
/// </remarks>
internal static unsafe class FusedNode
{
    [ThreadStatic]
    private static nint* place; // where the native side puts its further handle to the output

    /// <summary>Whether a graph would be made: gradients are on and an input requires one. If not, save no state.</summary>
    public static bool Wanted(params ReadOnlySpan<Tensor> inputs)
    {
        if (NativeNode.GradientsOn() == 0) return false;
        foreach (var input in inputs)
        {
            if (RequiresGradient(input)) return true;
        }

        return false;
    }

    /// <summary>Connects an output with its inputs.</summary>
    /// <param name="output">A tensor made for this: neither an input nor a view, floating point, without a graph.</param>
    /// <param name="backward">Belongs to the graph from here on, or is released at once if none is wanted or on failure.</param>
    /// <param name="inputs">What the output was computed from; one tensor may occur twice.</param>
    /// <returns>The output, the same object.</returns>
    /// <exception cref="ExternalException">The native library refuses.</exception>
    public static Tensor Attach(Tensor output, FusedBackward backward, params ReadOnlySpan<Tensor> inputs)
    {
        if (!Wanted(inputs))
        {
            backward.Release();
            return output;
        }

        BackwardFailure.ThrowIfUnseen(backward);
        var handles = stackalloc nint[inputs.Length];
        for (var i = 0; i < inputs.Length; i++) handles[i] = inputs[i].Handle;
        Connect(NodeSlot.Rent(backward, new(handles, inputs.Length)), new(handles, inputs.Length), output.Handle);
        foreach (var input in inputs) GC.KeepAlive(input);
        GC.KeepAlive(output);
        return output;
    }

    private static void Connect(NodeSlot slot, NativeTensors inputs, nint output)
    {
        nint extra = 0;
        place = &extra;
        var node = slot.MakeNode();
        try
        {
            NativeNode.SetInputs(node, inputs, 1);
            CheckForErrors();
            // The inputs are left out: they are only searched for the output and for tangents, which TorchSharp does not have.
            NativeNode.SetOutputs(default, default, default, new(&output, 1), node, &Place);
            CheckForErrors();
        }
        finally
        {
            // Now only the graph holds the node. If something failed there is none, and this releases all there was.
            NativeNode.FreeWeak(node);
            NativeNode.FreeCounted(node);
        }

        NativeNode.FreeTensor(extra);
    }

    [UnmanagedCallersOnly]
    private static nint* Place(nuint count) => place;

    private static bool RequiresGradient(Tensor input)
    {
        var required = NativeNode.RequiresGradient(input.Handle) != 0;
        GC.KeepAlive(input);
        return required;
    }
}

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

/// <summary>Native tensors by their handles; a handle of 0 is a tensor that is not there.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe struct NativeTensors(nint* handles, long count)
{
    public readonly nint* Handles = handles;
    public readonly long Count = count;
}

/// <summary>A node of the autograd graph that calls back into managed code: TorchSharp's native entry points for it.</summary>
/// <remarks>The two pointers are a counted and a weak reference to the node; both are freed once the graph holds it.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal readonly unsafe partial struct NativeNode
{
    private const string Library = "LibTorchSharp";

    public readonly nint Counted;
    public readonly nint Weak;

    /// <summary>Makes a node. Neither callback gets any context, so each live node needs callbacks of its own.</summary>
    /// <param name="apply">Maps gradients of outputs to gradients of inputs. The native side owns neither array: it takes
    /// handles given to the callback as given away, and copies what is returned as soon as the callback has returned.</param>
    /// <param name="deleted">Called while the node is destroyed.</param>
    [LibraryImport(Library, EntryPoint = "THSAutograd_CSharpNode_ctor")]
    public static partial NativeNode Make(nint apply, nint deleted);

    /// <summary>Leads the node's gradients to where its inputs came from.</summary>
    [LibraryImport(Library, EntryPoint = "THSAutograd_CSharpNode_setNextEdges")]
    public static partial void SetInputs(NativeNode node, NativeTensors inputs, byte executable);

    /// <summary>Makes tensors the outputs of the node, in place, and returns further handles to them.</summary>
    [LibraryImport(Library, EntryPoint = "THSAutograd_Function_wrapOutputs")]
    public static partial void SetOutputs(
        NativeTensors inputs, NativeTensors constant, NativeTensors changed, NativeTensors outputs,
        NativeNode node, delegate* unmanaged<nuint, nint*> allocate);

    [LibraryImport(Library, EntryPoint = "THSAutograd_CSharpNode_disposeSharedPtr")]
    public static partial void FreeCounted(NativeNode node);

    [LibraryImport(Library, EntryPoint = "THSAutograd_CSharpNode_disposeWeakPtr")]
    public static partial void FreeWeak(NativeNode node);

    [LibraryImport(Library, EntryPoint = "THSTensor_dispose")]
    public static partial void FreeTensor(nint tensor);

    /// <summary>Asks for an axis that does not exist: leaves an error with its number for the thread's next check.</summary>
    [LibraryImport(Library, EntryPoint = "THSTensor_size")]
    public static partial long LeaveError(nint tensor, long axis);

    // The rest only reads a field or two: a transition of the garbage collector would cost more than the call.
    [LibraryImport(Library, EntryPoint = "THSAutograd_isGradEnabled"), SuppressGCTransition]
    public static partial byte GradientsOn();

    /// <summary>Where the numbers of a tensor on the CPU start.</summary>
    [LibraryImport(Library, EntryPoint = "THSTensor_data"), SuppressGCTransition]
    public static partial nint Data(nint tensor);

    [LibraryImport(Library, EntryPoint = "THSTensor_requires_grad"), SuppressGCTransition]
    public static partial byte RequiresGradient(nint tensor);

    [LibraryImport(Library, EntryPoint = "THSTensor_ndimension"), SuppressGCTransition]
    public static partial long Axes(nint tensor);

    [LibraryImport(Library, EntryPoint = "THSTensor_size"), SuppressGCTransition]
    public static partial long Length(nint tensor, long axis);
}
