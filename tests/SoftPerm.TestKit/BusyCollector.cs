namespace SoftPerm.TestKit;

/// <summary>Collects all the time while it lives: what nobody holds is freed at once.</summary>
public sealed class BusyCollector : IDisposable
{
    private readonly CancellationTokenSource done = new();
    private readonly Thread collector;

    /// <summary>Begins to collect.</summary>
    public BusyCollector()
    {
        collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
    }

    /// <summary>Ends.</summary>
    public void Dispose()
    {
        done.Cancel();
        collector.Join();
        done.Dispose();
    }
}
