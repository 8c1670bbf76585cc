using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.TestKit;

public sealed class TensorLeakTests
{
    [Fact]
    public void Tidy_action_passes() => TensorLeak.Check(() =>
    {
        using var scope = NewDisposeScope();
        (ones(3).mul(Number(2))).sum();
    });

    [Fact]
    public void Forgotten_tensor_is_found_even_after_its_finalizer_ran()
    {
        var error = Assert.Throws<MismatchException>(() => TensorLeak.Check(() =>
        {
            Forget();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }));
        Assert.Contains("by 1", error.Message, StringComparison.Ordinal);

        static void Forget() => ones(3);
    }

    [Fact]
    public void Tensor_left_to_an_outer_scope_is_found()
    {
        using var outer = NewDisposeScope();
        Assert.Throws<MismatchException>(() => TensorLeak.Check(() => ones(3)));
    }
}
