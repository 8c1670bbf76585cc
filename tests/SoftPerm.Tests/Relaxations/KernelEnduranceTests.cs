using System.Diagnostics;
using System.Globalization;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

/// <summary>Many calls, and calls at once.</summary>
[Collection(nameof(KernelEnduranceTests)), CollectionDefinition(nameof(KernelEnduranceTests), DisableParallelization = true)]
public sealed class KernelEnduranceTests(ITestOutputHelper output)
{
    private const int Batch = 3, Items = 7;

    [Fact]
    public void A_hundred_thousand_calls_leave_nothing_behind()
    {
        using var scores = randn(Batch, Items);
        using var upstream = randn(Batch, Items);
        var growth = new List<long>();
        var before = Resident();
        for (var slice = 0; slice < 5; slice++)
        {
            TensorLeak.Check(() =>
            {
                for (var call = 0; call < 10_000; call++) Gradient(scores, upstream).Dispose();
            });
            growth.Add(-before + (before = Resident()));
        }

        // What is lost at every call grows in every slice; what else this process does comes and goes.
        output.WriteLine($"{string.Join(", ", growth.Select(g => $"{g / 1e6:F1}"))} MB more");
        Assert.InRange(growth.Min(), long.MinValue, 2_000_000); // 100 bytes a call
    }

    [Fact]
    public void Two_threads_at_once_find_what_one_finds()
    {
        using var generator = new Generator(1);
        using var scores = randn(64, 300, generator: generator);
        using var upstream = randn(64, 300, generator: generator);
        using var alone = Gradient(scores, upstream);
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 2 }, _ =>
        {
            using var found = Gradient(scores, upstream);
            Assert.True(found.equal(alone).all().item<bool>());
        });
    }

    [Fact]
    public void Disposing_a_permutation_twice_leaves_its_graph_alone()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.3, 0.1, 0.2 }).requires_grad_();
        var values = tensor(new[] { 1.0, 2, 4 }).reshape(3, 1);
        var kept = new NeuralSort(1).Relax(scores);
        kept.Apply(values).sum().backward();
        var expected = scores.grad!.clone();
        scores.grad = null;

        var dropped = new NeuralSort(1).Relax(scores);
        var result = dropped.Apply(values).sum();
        dropped.Dispose();
        dropped.Dispose();
        using var other = new NeuralSort(1).Relax(tensor(new[] { 5.0, 9, 7 })); // would be lent the same memory
        result.backward();
        kept.Dispose();
        Assert.True(scores.grad!.equal(expected).all().item<bool>());
    }

    private static Tensor Gradient(Tensor scores, Tensor upstream)
    {
        using var scope = NewDisposeScope();
        var leaf = scores.detach().requires_grad_();
        var result = new NeuralSort(0.5).Relax(leaf).Apply(leaf.unsqueeze(-1)).squeeze(-1);
        result.backward([upstream]);
        return leaf.grad!.MoveToOuterDisposeScope();
    }

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        // Anonymous pages only, where the system says: pages of libraries come and go as it likes.
        if (File.Exists("/proc/self/status"))
            return 1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon", StringComparison.Ordinal)).Split(' ')[^2], CultureInfo.InvariantCulture);
        using var self = Process.GetCurrentProcess();
        return self.PrivateMemorySize64;
    }
}
