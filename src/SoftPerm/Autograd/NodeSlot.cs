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

/// <summary>What a node must know of its inputs when gradients arrive; by then they may be disposed. Reused, to allocate nothing.</summary>
internal sealed unsafe class NodeInputs
{
    private long[][] shapes = [];
    private bool[] needed = [];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Which of them want a gradient.</summary>
    public ReadOnlySpan<bool> Needed => needed.AsSpan(0, Count);

    /// <summary>Notes these inputs in place of the former.</summary>
    public void Note(NativeTensors inputs)
    {
        Count = (int)inputs.Count;
        if (needed.Length < Count)
        {
            needed = new bool[Count];
            shapes = [.. Enumerable.Repeat(Array.Empty<long>(), Count)];
        }

        for (var i = 0; i < Count; i++)
        {
            var input = inputs.Handles[i];
            needed[i] = NativeNode.RequiresGradient(input) != 0;
            var axes = (int)NativeNode.Axes(input);
            if (shapes[i].Length != axes) shapes[i] = new long[axes];
            for (var axis = 0; axis < axes; axis++) shapes[i][axis] = NativeNode.Length(input, axis);
        }
    }

    /// <summary>Removes gradients that nobody needs and checks the others: here an error is an exception, in the engine it may not be.</summary>
    /// <exception cref="InvalidOperationException">A gradient is not of its input's shape.</exception>
    public void Check(Tensor?[] gradients)
    {
        for (var i = 0; i < Count; i++)
        {
            if (!needed[i]) gradients[i] = null;
            else if (gradients[i] is { } gradient && !Fits(gradient, shapes[i])) throw new InvalidOperationException(
                $"The gradient of input {i} has shape [{string.Join(", ", gradient.shape)}], the input [{string.Join(", ", shapes[i])}].");
        }
    }

    /// <summary>Gradients of NaN.</summary>
    public Tensor?[] NotANumber()
    {
        var gradients = new Tensor?[Count];
        for (var i = 0; i < Count; i++) gradients[i] = needed[i] ? tensor(float.NaN).expand(shapes[i]) : null;
        return gradients;
    }

    private static bool Fits(Tensor gradient, long[] shape)
    {
        var fits = NativeNode.Axes(gradient.Handle) == shape.Length;
        for (var axis = 0; fits && axis < shape.Length; axis++) fits = NativeNode.Length(gradient.Handle, axis) == shape[axis];
        GC.KeepAlive(gradient);
        return fits;
    }
}

/// <summary>Gradients on their way to the native side, which copies the handles only after the callback has returned.</summary>
/// <remarks>
/// Nothing tells when it has, so they are kept until their thread returns others or the node is destroyed. One for each thread
/// that runs the same node, as several may at once on a retained graph.
/// </remarks>
internal sealed unsafe class ReturnedGradients
{
    private readonly nint[] handles;
    private readonly nint* address;
    private ReturnedGradients? next;
    private Tensor?[] gradients = [];
    private int thread;

    private ReturnedGradients(int capacity)
    {
        handles = GC.AllocateArray<nint>(capacity, pinned: true);
        fixed (nint* pinned = handles) address = pinned;
    }

    /// <summary>This thread's place in a list, made if need be.</summary>
    public static ReturnedGradients Claim(ref ReturnedGradients? first, int count)
    {
        var self = Environment.CurrentManagedThreadId;
        for (var place = Volatile.Read(ref first); place is not null; place = place.next)
        {
            if (place.handles.Length < count) continue;
            if (place.thread == self || Interlocked.CompareExchange(ref place.thread, self, 0) == 0) return place;
        }

        var made = new ReturnedGradients(Math.Max(4, count)) { thread = self };
        do made.next = Volatile.Read(ref first);
        while (Interlocked.CompareExchange(ref first, made, made.next) != made.next);
        return made;
    }

    /// <summary>Disposes what the threads left. Only when no thread runs the node any more.</summary>
    public static void DisposeAll(ReturnedGradients? first)
    {
        for (var place = first; place is not null; place = place.next)
        {
            place.Clear();
            place.thread = 0;
        }
    }

    /// <summary>Takes gradients over, out of their dispose scope, in exchange for those returned last.</summary>
    public NativeTensors Take(Tensor?[] gradients)
    {
        Clear();
        this.gradients = gradients;
        for (var i = 0; i < gradients.Length; i++) handles[i] = gradients[i]?.DetachFromDisposeScope().Handle ?? 0;
        return new(address, gradients.Length);
    }

    private void Clear()
    {
        foreach (var gradient in gradients) gradient?.Dispose();
        gradients = [];
    }
}
