namespace SoftPerm.Autograd;

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
