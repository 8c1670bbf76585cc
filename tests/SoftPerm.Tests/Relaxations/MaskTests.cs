using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

public sealed class MaskTestsInKernels() : MaskTests(twiceDifferentiable: false);

public sealed class MaskTestsInTensorOperations() : MaskTests(twiceDifferentiable: true);

public abstract class MaskTests(bool twiceDifferentiable) : BothWays(twiceDifferentiable)
{
    // Row 0 holds 3 items, row 1 four, row 2 none; absent entries hold what would spoil a careless implementation.
    private static readonly double[] Padded = [0.3, double.NaN, 2, -1, 1, 0.5, 0.5, -2, double.PositiveInfinity, 9, 9, 9];
    private static readonly bool[] Present = [true, false, true, true, true, true, true, true, false, false, false, false];

    [Fact]
    public void Padded_and_unpadded_results_are_equal()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(Padded).reshape(3, 4).requires_grad_();
        var alone = tensor(new[] { 0.3, 2, -1 }).requires_grad_();
        using var masked = Sort(0.7).Relax(scores, tensor(Present).reshape(3, 4));
        using var plain = Sort(0.7).Relax(alone);
        var items = tensor(new long[] { 0, 2, 3 });

        var matrix = masked.Matrix();
        TensorCompare.Close(plain.Matrix(), matrix[0].narrow(0, 0, 3).index_select(1, items), 1e-15);
        Assert.Equal([2, 0, 3, 1], masked.Order()[0].data<long>().ToArray());
        TensorCompare.Close(plain.Quantile(0.3), masked.Quantile(0.3)[0].index_select(0, items), 1e-14);
        TensorCompare.Close(plain.TopK(2), masked.TopK(2)[0].index_select(0, items), 1e-14);
        var order = tensor(new long[] { 0, 2, 3, 1 });
        TensorCompare.Close(plain.CrossEntropy(tensor(new long[] { 0, 1, 2 })), masked.CrossEntropy(order)[0], 1e-14);

        masked.CrossEntropy(order)[0].backward();
        plain.CrossEntropy(tensor(new long[] { 0, 1, 2 })).backward();
        TensorCompare.Close(alone.grad!, scores.grad![0].index_select(0, items), 1e-12);
    }

    [Fact]
    public void Absent_items_get_no_mass_and_no_gradient()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(Padded).reshape(3, 4).requires_grad_();
        var mask = tensor(Present).reshape(3, 4);
        using var permutation = Sort(0.7).Relax(scores, mask);
        var values = ones(3, 4, 1, float64).requires_grad_();
        var applied = permutation.Apply(values);
        Assert.Equal([1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0], TensorCompare.Numbers(applied).Select(v => Math.Round(v, 12)));
        applied.mul(arange(12, float64).reshape(3, 4, 1)).sum().backward();
        TensorCompare.Close(zeros(5, float64), scores.grad!.masked_select(mask.logical_not()), 0);
        TensorCompare.Close(zeros(5, float64), values.grad!.squeeze(-1).masked_select(mask.logical_not()), 0);
        Assert.True(scores.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void A_row_without_items_is_zero_throughout()
    {
        using var scope = NewDisposeScope();
        using var permutation = Sort(0.7).Relax(tensor(Padded).reshape(3, 4), tensor(Present).reshape(3, 4));
        TensorCompare.Close(zeros(4, 4, float64), permutation.Matrix()[2], 0);
        TensorCompare.Close(zeros(4, float64), permutation.Quantile(0.5)[2], 0);
        Assert.Equal(0, permutation.CrossEntropy(tensor(new long[] { 0, 1, 2, 3 }))[2].item<double>());
        Assert.Equal([0, 1, 2, 3], permutation.Order()[2].data<long>().ToArray());
        using var straight = permutation.StraightThrough();
        TensorCompare.Close(zeros(4, 4, float64), straight.Matrix()[2], 0);
    }

    [Fact]
    public void Padding_of_the_values_may_hold_anything()
    {
        using var scope = NewDisposeScope();
        using var permutation = Sort(0.7).Relax(tensor(new[] { 1, 2, 0.5 }), tensor(new[] { true, true, false }));
        var values = tensor(new[] { 3, 4, double.NaN }).reshape(3, 1);
        Assert.True(permutation.Apply(values).isfinite().all().item<bool>());
        Assert.True(permutation.ApplyTranspose(values).isfinite().all().item<bool>());
    }

    [Fact]
    public void A_mask_of_all_items_changes_nothing()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.3, 2, -1, 0.3 });
        using var masked = Sort(1.0).Relax(scores, ones(4, @bool));
        using var plain = Sort(1.0).Relax(scores);
        TensorCompare.Close(plain.Matrix(), masked.Matrix(), 1e-15);
    }
}
