using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.TestKit;

public sealed class GradientCheckTests
{
    private static readonly double[] Numbers = [0.3, -1.2, 0.7, 2.0];

    [Fact]
    public void Right_gradients_of_several_inputs_pass()
    {
        using var scope = NewDisposeScope();
        Tensor x = tensor(Numbers).reshape(2, 2), y = tensor(Numbers[..2]), t = tensor(0.8);
        GradientCheck.Check(v => (v[0].matmul(v[1]) / v[2]).softmax(0), tolerance: 1e-9, x, y, t); // a thousand times the differences' 1e-12
    }

    [Fact]
    public void Planted_wrong_gradient_is_found()
    {
        using var scope = NewDisposeScope();
        var x = tensor(Numbers);
        Assert.Equal(1.0 / 3, GradientCheck.LargestError(v => SquareWithWrongGradient.Of(v[0], 3), x), 1e-9); // 3x in place of 2x
        var right = GradientCheck.LargestError(v => SquareWithWrongGradient.Of(v[0], 2), x);
        Assert.True(right <= 1e-9, $"{right}");
        Assert.Throws<MismatchException>(() => GradientCheck.Check(v => SquareWithWrongGradient.Of(v[0], 2.001), tolerance: 1e-6, x));
    }

    [Fact]
    public void Gradient_wrong_in_one_output_of_many_is_found()
    {
        using var scope = NewDisposeScope();
        var error = GradientCheck.LargestError(v => cat([v[0].exp(), SquareWithWrongGradient.Of(v[0].slice(0, 3, 4, 1), -2)]), tensor(Numbers));
        Assert.True(error > 0.1, $"{error}");
    }

    [Fact]
    public void Detached_input_is_found()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(1, GradientCheck.LargestError(v => v[0] * v[1].detach(), tensor(Numbers), tensor(Numbers)), 1e-9);
    }

    [Fact]
    public void NaN_gradient_is_never_accepted()
    {
        using var scope = NewDisposeScope();
        var x = tensor(Numbers);
        Assert.True(double.IsNaN(GradientCheck.LargestError(v => v[0].log(), x))); // the log of a negative number
        Assert.True(double.IsNaN(GradientCheck.LargestError(v => SquareWithWrongGradient.Of(v[0], double.NaN), x)));
        Assert.Throws<MismatchException>(() => GradientCheck.Check(v => v[0].log(), tolerance: double.MaxValue, x));
    }

    [Fact]
    public void Single_precision_is_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>("inputs", () => GradientCheck.LargestError(v => v[0], tensor([1f])));
        Assert.Throws<ArgumentException>("inputs", () => GradientCheck.LargestError(v => ones(1)));
    }

    [Fact]
    public void Checking_leaves_no_tensor_behind() => TensorLeak.Check(() =>
    {
        using var x = tensor(Numbers);
        GradientCheck.LargestError(v => v[0].exp(), x);
    });

    /// <summary>x², with a gradient of slope·x.</summary>
    private sealed class SquareWithWrongGradient : autograd.SingleTensorFunction<SquareWithWrongGradient>
    {
        public override string Name => nameof(SquareWithWrongGradient);

        public static Tensor Of(Tensor x, double slope) => apply(x, slope);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars)
        {
            var x = (Tensor)vars[0];
            ctx.save_for_backward([x]);
            ctx.save_data("slope", (double)vars[1]);
            return x.Squared();
        }

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output) =>
            [(grad_output * ctx.get_saved_variables()[0]).mul(Number((double)ctx.get_data("slope"))), null!];
    }
}
