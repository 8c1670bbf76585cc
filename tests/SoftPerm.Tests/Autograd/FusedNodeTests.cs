using System.Runtime.InteropServices;
using SoftPerm.Autograd;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Tests.Autograd;

public sealed class FusedNodeTests
{
    private static Tensor Numbers(params double[] numbers) => tensor(numbers, dtype: float64);

    private static Tensor Leaf(params double[] numbers) => tensor(numbers, dtype: float64, requires_grad: true);

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        Tensor a = Numbers(0.3, -1.2, 2), b = Numbers(1.5, 0.4, -0.7);
        // A bilinear function: the differences have rounding errors only.
        GradientCheck.Check(t => ScaledProduct.Apply(t[0], t[1]), 1e-11, a, b);
        GradientCheck.Check(t => ScaledProduct.Apply(t[0].sin(), t[1].exp()).Squared(), 1e-10, a, b); // computed inputs, used on
        GradientCheck.Check(t => ScaledProduct.Apply(ScaledProduct.Apply(t[0], t[1]), t[1]), 1e-11, a, b); // nested
        GradientCheck.Check(t => ScaledProduct.Apply(t[0], t[0]), 1e-11, a); // one tensor twice
    }

    [Fact]
    public void The_checker_sees_a_wrong_gradient()
    {
        using var scope = NewDisposeScope();
        Tensor Wrong(Tensor[] t) => ScaledProduct.Through(new(t[0], t[1], 3) { Bend = g => g.mul(Number(1.001)) }, t[0], t[1]);
        Assert.True(GradientCheck.LargestError(Wrong, Numbers(1, 2), Numbers(3, 4)) > 1e-4);
    }

    [Fact]
    public void Attaching_returns_the_output_itself_connected()
    {
        using var scope = NewDisposeScope();
        Tensor a = Leaf(1, 2), output = Numbers(3, 6), copy = a.detach();
        var result = FusedNode.Attach(output, new ScaledProduct(copy, copy, 1), a);
        Assert.Same(output, result);
        Assert.True(output.requires_grad);
        Assert.False(output.is_leaf);
    }

    [Fact]
    public void An_input_that_requires_no_gradient_gets_none()
    {
        using var scope = NewDisposeScope();
        Tensor a = Leaf(1, 2), b = Numbers(3, 4);
        var backward = new ScaledProduct(a, b, 3);
        ScaledProduct.Through(backward, a, b).sum().backward();
        Assert.Equal([true, false], backward.Needed);
        Assert.Equal([9.0, 12.0], TensorCompare.Numbers(a.grad!));
        Assert.Null(b.grad);
    }

    [Fact]
    public void Without_a_wanted_gradient_nothing_is_attached_and_the_state_is_released_at_once()
    {
        using var scope = NewDisposeScope();
        Tensor a = Leaf(1, 2), b = Numbers(3, 4);
        Assert.True(FusedNode.Wanted(b, a));
        Assert.False(FusedNode.Wanted(b));
        Assert.False(FusedNode.Wanted());
        using (no_grad())
        {
            Assert.False(FusedNode.Wanted(a, b));
            var backward = new ScaledProduct(a, b, 3);
            Assert.False(ScaledProduct.Through(backward, a, b).requires_grad);
            Assert.Equal(1, backward.Released);
        }

        var constant = new ScaledProduct(b, b, 3);
        Assert.False(ScaledProduct.Through(constant, b, b).requires_grad);
        Assert.Equal(1, constant.Released);
    }

    [Fact]
    public void Gradients_of_expanded_strided_and_scalar_tensors_have_the_shapes_of_the_inputs()
    {
        using var scope = NewDisposeScope();
        var a = randn(3, 4, dtype: float64, requires_grad: true);
        Tensor transposed = a.t(), b = randn(4, 3, dtype: float64);
        ScaledProduct.Apply(transposed, b).t().sum().backward(); // upstream is expanded and transposed
        TensorCompare.Close(b.t().mul(Number(3)), a.grad!, 1e-15);
        Tensor s = tensor(2.0, dtype: float64, requires_grad: true), t = tensor(5.0, dtype: float64);
        ScaledProduct.Apply(s, t).backward();
        Assert.Equal(15.0, s.grad!.item<double>());
    }

    [Fact]
    public void A_gradient_of_another_shape_is_refused()
    {
        using var scope = NewDisposeScope();
        Tensor a = ones(2, requires_grad: true), b = ones(2);
        var thrown = Assert.Throws<ExternalException>(
            () => ScaledProduct.Through(new(a, b, 1) { Bend = g => g.unsqueeze(0) }, a, b).sum().backward());
        Assert.Contains("[1, 2]", thrown.Message, StringComparison.Ordinal);
    }
}
