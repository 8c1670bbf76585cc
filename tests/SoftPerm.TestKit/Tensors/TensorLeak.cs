using TorchSharp;

namespace SoftPerm.TestKit.Tensors;

/// <summary>Counts tensors before and after, so that none is left to the garbage collector.</summary>
public static class TensorLeak
{
    /// <summary>Asserts that an action leaves as many live tensors as it found.</summary>
    /// <remarks>The action runs twice, the first time for what is made once and kept. Tensors are counted on this thread, and
    /// only disposal counts: neither other tests nor a finalizer can hide a leak.</remarks>
    /// <param name="action">Disposes all it makes, results included.</param>
    /// <exception cref="MismatchException">Tensors are left, or more were disposed than made.</exception>
    public static void Check(Action action)
    {
        action();
        var before = Alive();
        action();
        var left = Alive() - before;
        if (left != 0) throw new MismatchException($"The action changed the number of live tensors by {left}.");
    }

    private static long Alive() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
}
