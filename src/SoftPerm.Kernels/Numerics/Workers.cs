namespace SoftPerm.Kernels.Numerics;

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
