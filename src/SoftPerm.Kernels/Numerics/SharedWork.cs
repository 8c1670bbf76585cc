using System.Runtime.ExceptionServices;

namespace SoftPerm.Kernels.Numerics;

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
