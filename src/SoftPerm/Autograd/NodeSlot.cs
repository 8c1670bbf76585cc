using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SoftPerm.Autograd;

/// <summary>The managed side of one live node: its callbacks, pooled because they are costly, and what they need.</summary>
/// <remarks>There are as many as there ever were live nodes at once. None is collected: native code may be about to call it.</remarks>
internal sealed unsafe class NodeSlot
{
    private static readonly Lock Gate = new();
    private static readonly List<NodeSlot> All = [];
    private static NodeSlot? free;

    private readonly ApplyCallback apply; // kept: the pointers live as long as these
    private readonly DeletedCallback deleted;
    private readonly nint applyPointer;
    private readonly nint deletedPointer;
    private readonly NodeInputs inputs = new();
    private NodeSlot? next;
    private ReturnedGradients? returned;
    private FusedBackward? backward;

    private NodeSlot()
    {
        apply = Apply;
        deleted = Deleted;
        applyPointer = Marshal.GetFunctionPointerForDelegate(apply);
        deletedPointer = Marshal.GetFunctionPointerForDelegate(deleted);
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate NativeTensors ApplyCallback(nint* upstream, int count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void DeletedCallback();

    /// <summary>A slot for a node with these inputs. It comes back by itself, when its node is destroyed.</summary>
    public static NodeSlot Rent(FusedBackward backward, NativeTensors inputs)
    {
        NodeSlot? slot;
        lock (Gate)
        {
            slot = free;
            if (slot is null) All.Add(slot = new NodeSlot());
            else free = slot.next;
        }

        slot.backward = backward;
        slot.inputs.Note(inputs);
        return slot;
    }

    /// <summary>Makes the native node.</summary>
    public NativeNode MakeNode()
    {
        var node = NativeNode.Make(applyPointer, deletedPointer);
        if (node.Counted != 0) return node;
        Deleted();
        CheckForErrors();
        throw new InvalidOperationException("The native library made no node.");
    }

    // Called by the engine. No exception may leave.
    private NativeTensors Apply(nint* upstream, int outputs)
    {
        try
        {
            var result = Compute(upstream[0]);
            BackwardFailure.Rearm();
            return result;
        }
        catch (Exception e)
        {
            return BackwardFailure.Report(e, NotANumber);
        }
    }

    private NativeTensors Compute(nint handle)
    {
        using var scope = NewDisposeScope();
        var gradients = new Tensor?[inputs.Count];
        if (handle != 0) // 0: nothing flows back to the output
        {
            var upstream = Tensor.UnsafeCreateTensor(handle);
            if (NativeNode.GradientsOn() != 0) throw new NotSupportedException(
                "create_graph: true asks for second derivatives, and a fused operator has none; use a composed form where there is one, as NeuralSort's TwiceDifferentiable.");
            backward!.Backward(upstream, inputs.Needed, gradients);
        }

        inputs.Check(gradients);
        return Return(gradients);
    }

    private NativeTensors NotANumber()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        return Return(inputs.NotANumber());
    }

    private NativeTensors Return(Tensor?[] gradients) => ReturnedGradients.Claim(ref returned, gradients.Length).Take(gradients);

    // Called while the native node is destroyed, on any thread. No exception may leave.
    private void Deleted()
    {
        try
        {
            ReturnedGradients.DisposeAll(returned);
            backward!.Release();
        }
        catch (Exception e)
        {
            Trace.TraceError($"The state of a gradient was not released: {e}");
        }

        backward = null;
        lock (Gate) (next, free) = (free, this);
    }
}
