using System.Runtime.InteropServices;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Tests.Autograd;

public sealed class BackwardFailureTests
{
    private const string Reason = "the cat sat on the gradient";

    [Fact]
    public void Backward_throws_with_the_message_and_the_exception_inside()
    {
        using var scope = NewDisposeScope();
        var a = ones(2, requires_grad: true);
        var thrown = Assert.Throws<ExternalException>(() => Failing(a.mul(Number(2))).sum().backward());
        Assert.Contains(Reason, thrown.Message, StringComparison.Ordinal);
        Assert.Equal(Reason, Assert.IsType<FormatException>(thrown.InnerException).Message);
        Assert.Null(a.grad);
        Works();
    }

    [Fact]
    public void Autograd_grad_throws_too()
    {
        using var scope = NewDisposeScope();
        var a = ones(2, 3, requires_grad: true);
        var thrown = Assert.Throws<ExternalException>(() => autograd.grad([Failing(a).sum()], [a]));
        Assert.Equal(Reason, thrown.InnerException!.Message);
        // Another node after the failed one makes native calls that clear the error: it must be left again.
        thrown = Assert.Throws<ExternalException>(() => autograd.grad([Failing(ScaledProduct.Apply(a, a)).sum()], [a]));
        Assert.Equal(Reason, thrown.InnerException!.Message);
        Works();
    }

    [Fact]
    public void An_error_lost_on_the_way_is_thrown_by_the_next_operator()
    {
        using var scope = NewDisposeScope();
        var a = ones(2, requires_grad: true);
        // TorchSharp's function runs after the failure and clears the native error.
        var gradient = autograd.grad([Failing(Doubled.apply(a)).sum()], [a])[0];
        Assert.True(gradient.isnan().all().item<bool>());
        var backward = new ScaledProduct(a, a, 1);
        var thrown = Assert.Throws<InvalidOperationException>(() => ScaledProduct.Through(backward, a, a));
        Assert.Equal(Reason, thrown.InnerException!.Message);
        Assert.Equal(1, backward.Released);
        Works();
    }

    [Fact]
    public void Second_derivatives_are_refused_clearly()
    {
        using var scope = NewDisposeScope();
        var a = ones(2, requires_grad: true);
        var thrown = Assert.Throws<ExternalException>(() => ScaledProduct.Apply(a, a).sum().backward(create_graph: true));
        Assert.Contains("create_graph", thrown.Message, StringComparison.Ordinal);
        thrown = Assert.Throws<ExternalException>(() => autograd.grad([ScaledProduct.Apply(a, a).sum()], [a], create_graph: true));
        Assert.IsType<NotSupportedException>(thrown.InnerException);
        Works();
    }

    [Fact]
    public async Task Each_thread_gets_its_own_exception()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(k => Task.Run(() =>
        {
            for (var round = 0; round < 25; round++)
            {
                using var scope = NewDisposeScope();
                var a = ones(2, requires_grad: true);
                var mine = $"{k}/{round}";
                var thrown = Assert.Throws<ExternalException>(() => Failing(a, mine).sum().backward());
                Assert.Equal(mine, thrown.InnerException!.Message);
                Assert.Throws<ExternalException>(() => autograd.grad([Failing(a, mine).sum()], [a]));
            }
        }, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Failures_leave_no_tensor_and_release_the_state()
    {
        Attempt(); // makes what is kept for good
        TensorLeak.Check(() => Assert.Equal(1, Attempt().Released));

        static ScaledProduct Attempt()
        {
            using var scope = NewDisposeScope();
            using var a = ones(2, requires_grad: true);
            var backward = new ScaledProduct(a, a, 1) { Before = () => throw new FormatException(Reason) };
            Assert.Throws<ExternalException>(() => ScaledProduct.Through(backward, a, a).sum().backward());
            return backward;
        }
    }

    private static Tensor Failing(Tensor a, string reason = Reason) =>
        ScaledProduct.Through(new(a, a, 1) { Before = () => throw new FormatException(reason) }, a, a);

    private sealed class Doubled : autograd.SingleTensorFunction<Doubled>
    {
        public override string Name => nameof(Doubled);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => ((Tensor)vars[0]).mul(Number(2));

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) => [grad_output.mul(Number(2))];
    }

    private static void Works()
    {
        var a = ones(2, requires_grad: true);
        ScaledProduct.Apply(a, ones(2)).sum().backward();
        Assert.Equal(3f, a.grad!.data<float>()[0]);
    }
}
