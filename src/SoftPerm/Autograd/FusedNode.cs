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
