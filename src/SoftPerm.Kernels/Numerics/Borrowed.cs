using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace SoftPerm.Kernels.Numerics;

/// <summary>The caller's memory, of any length, in a form that other threads may use until the call returns.</summary>
/// <remarks>Every access, or the range it is taken from, is checked. The owner must keep the memory where it is.</remarks>
internal readonly unsafe struct Buffer<T>(T* pointer, long length)
    where T : unmanaged
{
    /// <summary>The number of entries; 0 stands for "not wanted" too.</summary>
    public long Length { get; } = length;

    public bool IsEmpty => Length == 0;

    public ref T this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((ulong)index >= (ulong)Length) ThrowOutside(index, Length);
            return ref pointer[index];
        }
    }

    /// <summary>The first entry of a stretch of the memory, of any length.</summary>
    public ref T Range(long first, long count)
    {
        if (first < 0 || count < 0 || first + count > Length) ThrowOutside(first + count, Length);
        return ref pointer[first];
    }

    /// <summary>A stretch of the memory.</summary>
    public Span<T> Span(long first, int count)
    {
        if (first < 0 || count < 0 || first + count > Length) ThrowOutside(first + count, Length);
        return new Span<T>(pointer + first, count);
    }

    private static void ThrowOutside(long index, long length) =>
        throw new ArgumentOutOfRangeException(nameof(index), index, $"The index must be at least 0 and less than {length}.");
}

/// <summary>An array lent by the shared pool until disposed; it may be longer than asked for, and holds anything at first.</summary>
/// <remarks>Dispose once. A copy that is disposed too would give the same array back twice.</remarks>
internal readonly struct ScratchArray<T> : IDisposable
    where T : struct
{
    public ScratchArray(long length)
    {
        if (length > System.Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"One batch may need at most {System.Array.MaxLength} entries of scratch; split it.");
        Length = (int)length;
        Array = ArrayPool<T>.Shared.Rent(Length);
    }

    public T[] Array { get; }

    public int Length { get; }

    public Span<T> Span => Array.AsSpan(0, Length);

    public void Dispose()
    {
        if (Array is not null) ArrayPool<T>.Shared.Return(Array);
    }
}

/// <summary>Runs independent pieces of work on a number of threads, this one among them.</summary>
/// <remarks>On one thread nothing is allocated: the state comes as an argument, so that actions can be static.</remarks>
internal static class Workers
{
    private const int ShortestPiece = 1 << 13;

    /// <summary>Calls the action with every number below the count; in order on this thread if one thread is enough.</summary>
    public static void Run<TState>(int count, int threads, TState state, Action<TState, int> action)
    {
        if (threads > 1 && count > 1) RunParallel(count, threads, state, action);
        else for (var k = 0; k < count; k++) action(state, k);
    }

    /// <summary>Cuts a range into pieces worth a thread's while and calls the action with the first and the end of each.</summary>
    public static void RunPieces<TState>(int first, int end, int threads, TState state, Action<TState, int, int> action)
    {
        var pieces = Math.Min(4 * threads, (end - first) / ShortestPiece);
        if (threads > 1 && pieces > 1)
            RunRanges(end - first, pieces, threads, (first, state, action), static (job, from, to) => job.action(job.state, job.first + from, job.first + to));
        else if (end > first) action(state, first, end);
    }

    /// <summary>Cuts numbers below a count into some ranges and calls the action with the first and the end of each.</summary>
    public static void RunRanges<TState>(int count, int ranges, int threads, TState state, Action<TState, int, int> action) =>
        Run(ranges, threads, (count, ranges, state, action), static (job, k) =>
            job.action(job.state, (int)((long)job.count * k / job.ranges), (int)((long)job.count * (k + 1) / job.ranges)));

    private static void RunParallel<TState>(int count, int threads, TState state, Action<TState, int> action)
    {
        var work = new SharedWork<TState>(count, state, action);
        for (var helper = 1; helper < Math.Min(count, threads); helper++) ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);
        work.Execute();
        work.WaitForOthers();
    }
}

/// <summary>Numbered pieces of work that some threads take one after the other.</summary>
/// <remarks>
/// Unlike <see cref="Parallel"/>, the caller waits only for pieces that others have begun, not for threads that come too late to
/// find any: pieces here take microseconds, and so does waking a thread.
/// </remarks>
internal sealed class SharedWork<TState>(int count, TState state, Action<TState, int> action) : IThreadPoolWorkItem
{
    private int next;
    private int done;
    private ExceptionDispatchInfo? failure;

    /// <summary>Works until no piece is left.</summary>
    public void Execute()
    {
        while (Interlocked.Increment(ref next) - 1 is var piece && piece < count)
        {
            try
            {
                if (failure is null) action(state, piece);
            }
            catch (Exception e)
            {
                failure ??= ExceptionDispatchInfo.Capture(e);
            }
            finally
            {
                Interlocked.Increment(ref done);
            }
        }
    }

    /// <summary>Returns when every piece is done; throws what the first failing piece threw.</summary>
    public void WaitForOthers()
    {
        var spin = new SpinWait();
        while (Volatile.Read(ref done) < count) spin.SpinOnce(sleep1Threshold: -1);
        failure?.Throw();
    }
}
