using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

public sealed class StraightThroughTestsInKernels() : StraightThroughTests(twiceDifferentiable: false);

public sealed class StraightThroughTestsInTensorOperations() : StraightThroughTests(twiceDifferentiable: true);

public abstract class StraightThroughTests(bool twiceDifferentiable) : BothWays(twiceDifferentiable)
{
    [Fact]
    public void Forward_is_the_exact_permutation_and_backward_the_relaxed_gradient()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.2, 1.7, -0.4, 0.9 }).requires_grad_();
        var same = scores.detach().clone().requires_grad_();
        var values = tensor(new[] { 1.0, 2, 3, 4 }).reshape(4, 1);
        using var relaxed = Sort(0.6).Relax(scores);
        using var straight = relaxed.StraightThrough();

        Assert.Equal([2, 4, 1, 3], TensorCompare.Numbers(straight.Apply(values)));
        Assert.Equal([3, 1, 4, 2], TensorCompare.Numbers(straight.ApplyTranspose(values)));
        Assert.Equal([0, 1, 0, 1], TensorCompare.Numbers(straight.TopK(2)));
        Assert.Equal([1, 0, 0, 0], TensorCompare.Numbers(straight.Row(2)));
        Assert.Equal([0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 1, 0], TensorCompare.Numbers(straight.Matrix()));
        Assert.Equal([1, 3, 0, 2], straight.Order().data<long>().ToArray());
        Assert.Equal(0, straight.CrossEntropy(straight.Order()).item<double>());

        Assert.Equal([0.5, 0, 0, 0.5], TensorCompare.Numbers(straight.Quantile(0.5)));

        Func<RelaxedPermutation, Tensor>[] members =
            [p => p.Apply(values), p => p.ApplyTranspose(values), p => p.TopK(2), p => p.Row(2), p => p.Quantile(0.4), p => p.Matrix()];
        foreach (var member in members)
        {
            scores.grad?.zero_();
            same.grad?.zero_();
            using var source = Sort(0.6).Relax(scores);
            using var through = source.StraightThrough();
            using var plain = Sort(0.6).Relax(same);
            var (hard, soft) = (member(through), member(plain));
            var weights = Indices(hard.numel(), float64).cos().reshape(hard.shape);
            hard.mul(weights).sum().backward();
            soft.mul(weights).sum().backward();
            TensorCompare.Close(same.grad!, scores.grad!, 1e-12, 1e-15);
        }
    }

    [Fact]
    public void Wrong_order_costs_infinitely_much_and_still_has_a_gradient()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.2, 1.7, -0.4 }).requires_grad_();
        using var relaxed = Sort(0.6).Relax(scores);
        using var straight = relaxed.StraightThrough();
        var loss = straight.CrossEntropy(tensor(new long[] { 0, 1, 2 }));
        Assert.Equal(double.PositiveInfinity, loss.item<double>());
        loss.backward();
        Assert.True(scores.grad!.isfinite().all().item<bool>());
        Assert.True(scores.grad!.abs().sum().item<double>() > 0);
    }
}
