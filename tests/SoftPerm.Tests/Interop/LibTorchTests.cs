using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Interop;

public sealed class LibTorchTests
{
    [Fact]
    public void Load_may_be_called_often_and_by_many_threads_at_once()
    {
        const int Threads = 8;
        using var barrier = new Barrier(Threads);
        var failures = new Exception?[Threads];
        var threads = Enumerable.Range(0, Threads).Select(k => new Thread(() =>
        {
            barrier.SignalAndWait(TestContext.Current.CancellationToken);
            failures[k] = Record.Exception(() =>
            {
                for (var call = 0; call < 100; call++) LibTorch.Load();
            });
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Assert.All(failures, Assert.Null);

        using var scope = NewDisposeScope();
        Assert.Equal(3, ones(3).sum().item<float>());
    }

    [Fact]
    public void Native_wrapper_is_in_memory_exactly_once()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux shows its memory maps in /proc.");
        LibTorch.Load();
        using var scope = NewDisposeScope();
        ones(3); // TorchSharp now looks for the library by itself
        var files = File.ReadLines("/proc/self/maps")
            .Where(line => line.Contains("libLibTorchSharp.so", StringComparison.Ordinal))
            .Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(3))) // device, inode, path
            .Distinct();
        Assert.Single(files);
    }
}
