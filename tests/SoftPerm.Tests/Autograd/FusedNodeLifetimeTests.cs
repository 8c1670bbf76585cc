using System.Runtime.CompilerServices;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Autograd;

// Alone, because memory is counted and collections are forced.
[Collection(nameof(FusedNodeLifetimeTests)), CollectionDefinition(nameof(FusedNodeLifetimeTests), DisableParallelization = true)]
public sealed class FusedNodeLifetimeTests
{
    [Fact]
    public void The_state_is_released_once_when_the_last_tensor_of_the_graph_is_disposed()
    {
        using var a = ones(2, requires_grad: true);
        var backward = new ScaledProduct(a, a, 3);
        var output = ScaledProduct.Through(backward, a, a);
        var loss = output.sum();
        loss.backward();
        output.Dispose();
        Assert.Equal(0, backward.Released); // the loss still holds the graph
        loss.Dispose();
        Assert.Equal(1, backward.Released);
    }

    [Fact]
    public void The_state_is_released_when_the_graph_never_runs()
    {
        var backward = Dropped(dispose: true);
        Assert.Equal(1, backward.Released);
    }

    [Fact]
    public void The_garbage_collector_releases_what_was_forgotten()
    {
        var backward = Dropped(dispose: false);
        for (var round = 0; round < 50 && backward.Released == 0; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(1, backward.Released);
    }

    [Fact]
    public void Collections_do_not_take_what_native_code_will_call()
    {
        using var scope = NewDisposeScope();
        var a = ones(2, requires_grad: true);
        var outputs = Enumerable.Range(1, 50).Select(k => ScaledProduct.Apply(a, a, k)).ToArray();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        stack(outputs).sum().backward();
        Assert.Equal(2f * 50 * 51 / 2, a.grad!.data<float>()[0]);
    }

    [Fact]
    public void Forward_and_backward_leave_no_tensor()
    {
        TensorLeak.Check(() =>
        {
            using var scope = NewDisposeScope();
            using var a = ones(2, requires_grad: true);
            using var b = ones(2, requires_grad: true);
            var loss = ScaledProduct.Apply(a, b).sum();
            loss.backward(retain_graph: true);
            loss.backward();
            a.grad!.Dispose();
            b.grad!.Dispose();
        });
    }

    [Fact]
    public void Twenty_thousand_steps_stay_within_their_memory()
    {
        Steps(2_000);
        var (before, alive) = (Resident(), Tensor.TotalCount);
        Steps(20_000);
        Assert.Equal(alive, Tensor.TotalCount);
        // A step makes upstream, output, gradients and saved inputs of 8 KB each: a leak of one of them would be 164 MB.
        Assert.True(Resident() - before < 80_000_000, $"{(Resident() - before) / 1e6:F0} MB more");
    }

    private static void Steps(int count)
    {
        using var a = ones(2_048, requires_grad: true);
        for (var step = 0; step < count; step++)
        {
            using var scope = NewDisposeScope();
            ScaledProduct.Apply(a, a).sum().backward();
            a.grad!.zero_();
        }
    }

    private static long Resident()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ScaledProduct Dropped(bool dispose)
    {
        using var a = ones(2, requires_grad: true);
        var backward = new ScaledProduct(a, a, 3);
        var output = ScaledProduct.Through(backward, a, a);
        if (dispose) output.Dispose();
        return backward;
    }
}
