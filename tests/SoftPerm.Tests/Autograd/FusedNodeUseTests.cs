using SoftPerm.Autograd;
using SoftPerm.TestKit.Tensors;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Tests.Autograd;

public sealed class FusedNodeUseTests
{
    private static Tensor Numbers(params double[] numbers) => tensor(numbers, dtype: float64);

    private static Tensor Leaf(params double[] numbers) => tensor(numbers, dtype: float64, requires_grad: true);

    [Fact]
    public void A_retained_graph_runs_again_and_a_leaf_accumulates()
    {
        using var scope = NewDisposeScope();
        Tensor a = Leaf(1), b = Leaf(2);
        var backward = new ScaledProduct(a, b, 3);
        var loss = ScaledProduct.Through(backward, a, b).sum();
        loss.backward(retain_graph: true);
        loss.backward(retain_graph: true);
        loss.backward();
        Assert.Equal(18.0, a.grad!.item<double>());
        Assert.Equal(0, backward.Released);
    }

    [Fact]
    public void Upstream_itself_may_be_returned_for_several_inputs()
    {
        using var scope = NewDisposeScope();
        Tensor a = Leaf(1, 2), b = Leaf(3, 4);
        var y = FusedNode.Attach(Numbers(4, 6), new Sum(), a, b);
        y.mul(Numbers(5, 7)).sum().backward();
        Assert.Equal([5.0, 7.0], TensorCompare.Numbers(a.grad!));
        Assert.Equal([5.0, 7.0], TensorCompare.Numbers(b.grad!));
    }

    [Fact]
    public void Autograd_grad_finds_the_gradients()
    {
        using var scope = NewDisposeScope();
        Tensor a = Leaf(1, 2), b = Leaf(3, 4);
        var gradients = autograd.grad([ScaledProduct.Apply(a, b).sum()], [a, b]);
        Assert.Equal([9.0, 12.0], TensorCompare.Numbers(gradients[0]));
        Assert.Equal([3.0, 6.0], TensorCompare.Numbers(gradients[1]));
    }

    [Fact]
    public void A_module_learns_through_it()
    {
        using var scope = NewDisposeScope();
        using var generator = manual_seed(5);
        using var module = new Scaling();
        var optimizer = new Descent(0.1, [.. module.parameters()]);
        var x = randn(16, 2);
        for (var step = 0; step < 200; step++)
        {
            using var inner = NewDisposeScope();
            optimizer.Step(module.call(x).sub(x.mul(Number(2))).Squared().mean());
        }

        TensorCompare.Close(tensor(new float[] { 2, 2 }), module.Weight, 1e-2);
    }

    [Fact]
    public async Task Several_threads_work_at_once_and_share_a_retained_graph()
    {
        using var scope = NewDisposeScope();
        Tensor shared = Leaf(1, 2), b = Numbers(3, 4);
        var output = ScaledProduct.Apply(shared, b);
        await Task.WhenAll(Enumerable.Range(1, 8).Select(k => Task.Run(() =>
        {
            for (var round = 0; round < 300; round++)
            {
                using var inner = NewDisposeScope();
                var a = Leaf(k, 2 * k);
                ScaledProduct.Apply(a, b, k).sum().backward();
                Assert.Equal([3.0 * k, 4.0 * k], TensorCompare.Numbers(a.grad!));
                var gradient = autograd.grad([output], [shared], [Numbers(k, 1)], retain_graph: true)[0];
                Assert.Equal([9.0 * k, 12.0], TensorCompare.Numbers(gradient));
            }
        }, TestContext.Current.CancellationToken)));
    }

    private sealed class Sum : FusedBackward
    {
        protected internal override void Backward(Tensor upstream, ReadOnlySpan<bool> needed, Span<Tensor?> gradients) =>
            gradients.Fill(upstream);

        protected internal override void Release() { }
    }

    private sealed class Scaling : nn.Module<Tensor, Tensor>
    {
        public Scaling() : base(nameof(Scaling))
        {
            Weight = new Parameter(zeros(2));
            RegisterComponents();
        }

        public Parameter Weight { get; }

        public override Tensor forward(Tensor input) => ScaledProduct.Apply(input, Weight.expand(input.shape), 1);
    }
}
