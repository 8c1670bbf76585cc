using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Sorting;

/// <summary>Work on the sequences of a batch, each by one thread.</summary>
internal static class SequenceWork
{
    private const long SmallWork = 1 << 13; // items: waking a thread costs microseconds

    /// <summary>Calls an action with each sequence, and with scratch for one that is made once for several.</summary>
    /// <param name="sorted">The sequences.</param>
    /// <param name="threads">How many threads may work.</param>
    /// <param name="scratch">The doubles of scratch that a sequence needs.</param>
    /// <param name="state">Passed on.</param>
    /// <param name="action">Gets the sequence, and the scratch, which holds anything.</param>
    /// <param name="passes">How often the action goes over the items of a sequence.</param>
    public static void Run<TState>(
        SortedItems sorted, int threads, long scratch, TState state, Action<TState, int, double[]> action, long passes = 1)
    {
        var pieces = (long)sorted.Sequences * sorted.Items * passes < SmallWork ? 1 : Math.Min(sorted.Sequences, 4 * threads);
        Workers.RunRanges(sorted.Sequences, pieces, threads, (scratch, state, action), static (job, first, end) =>
        {
            using var memory = new ScratchArray<double>(job.scratch);
            for (var sequence = first; sequence < end; sequence++) job.action(job.state, sequence, memory.Array);
        });
    }
}
