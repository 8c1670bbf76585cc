using System.Runtime.InteropServices;

namespace SoftPerm.Autograd;

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
