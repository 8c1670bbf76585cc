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
    private NodeSlot? next;
    private ReturnedGradients? returned;
    private FusedBackward? backward;
    private long[][] shapes = [];
    private bool[] needed = [];
    private int count;

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
        slot.Describe(inputs);
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

    // Shapes are noted, not asked for later: by then the inputs may be disposed.
    private void Describe(NativeTensors inputs)
    {
        count = (int)inputs.Count;
        if (needed.Length < count)
        {
            needed = new bool[count];
            shapes = [.. Enumerable.Repeat(Array.Empty<long>(), count)];
        }

        for (var i = 0; i < count; i++)
        {
            var input = inputs.Handles[i];
            needed[i] = NativeNode.RequiresGradient(input) != 0;
            var axes = (int)NativeNode.Axes(input);
            if (shapes[i].Length != axes) shapes[i] = new long[axes];
            for (var axis = 0; axis < axes; axis++) shapes[i][axis] = NativeNode.Length(input, axis);
        }
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
        var gradients = new Tensor?[count];
        if (handle != 0) // 0: nothing flows back to the output
        {
            var upstream = Tensor.UnsafeCreateTensor(handle);
            if (NativeNode.GradientsOn() != 0) throw new NotSupportedException(
                "create_graph: true asks for second derivatives, and a fused operator has none; use its composed form.");
            backward!.Backward(upstream, needed.AsSpan(0, count), gradients);
        }

        for (var i = 0; i < count; i++)
        {
            if (!needed[i]) gradients[i] = null;
            else if (gradients[i] is { } gradient) CheckShape(gradient, i);
        }

        return ReturnedGradients.Claim(ref returned, count).Take(gradients);
    }

    private void CheckShape(Tensor gradient, int input)
    {
        var shape = shapes[input];
        var fits = NativeNode.Axes(gradient.Handle) == shape.Length;
        for (var axis = 0; fits && axis < shape.Length; axis++) fits = NativeNode.Length(gradient.Handle, axis) == shape[axis];
        GC.KeepAlive(gradient);
        if (!fits) throw new InvalidOperationException(
            $"The gradient of input {input} has shape [{string.Join(", ", gradient.shape)}], the input [{string.Join(", ", shape)}].");
    }

    private NativeTensors NotANumber()
    {
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var gradients = new Tensor?[count];
        for (var i = 0; i < count; i++) gradients[i] = needed[i] ? tensor(float.NaN).expand(shapes[i]) : null;
        return ReturnedGradients.Claim(ref returned, count).Take(gradients);
    }

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
        lock (Gate)
        {
            next = free;
            free = this;
        }
    }
}
