using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>Masks, infinite scores, NaN, and scores far apart.</summary>
public sealed class UnusualScoresTests
{
    // Row 0 holds 3 items, row 1 four, row 2 none; absent entries hold what would spoil a careless implementation.
    private static readonly double[] Padded = [0.3, double.NaN, 2, -1, 1, 0.5, 0.6, -2, double.PositiveInfinity, 9, 9, 9];
    private static readonly bool[] Present = [true, false, true, true, true, true, true, true, false, false, false, false];

    public static TheoryData<string> All => Variants.All;

    public static TheoryData<string> Equivariant => Variants.With(RelaxationProperties.PermutationEquivariant | RelaxationProperties.Matrix);

    [Theory, MemberData(nameof(All))]
    public void Padded_and_unpadded_results_are_equal(string variant)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(Padded).reshape(3, 4).requires_grad_();
        var alone = tensor(new[] { 0.3, 2, -1 }).requires_grad_();
        using var masked = Variants.Relax(variant, scores, 0.7, tensor(Present).reshape(3, 4));
        using var plain = Variants.Relax(variant, alone, 0.7);
        var items = tensor(new long[] { 0, 2, 3 });
        TensorCompare.Close(plain.Matrix(), masked.Matrix()[0].narrow(0, 0, 3).index_select(1, items), 1e-14);
        Assert.Equal([2, 0, 3, 1], masked.Order()[0].data<long>().ToArray());
        TensorCompare.Close(plain.Quantile(0.3), masked.Quantile(0.3)[0].index_select(0, items), 1e-13);
        TensorCompare.Close(plain.TopK(2), masked.TopK(2)[0].index_select(0, items), 1e-13);
        Tensor order = tensor(new long[] { 0, 2, 3, 1 }), orderAlone = tensor(new long[] { 0, 1, 2 });
        TensorCompare.Close(plain.CrossEntropy(orderAlone), masked.CrossEntropy(order)[0], 1e-13);
        masked.CrossEntropy(order)[0].backward();
        plain.CrossEntropy(orderAlone).backward();
        TensorCompare.Close(alone.grad!, scores.grad![0].index_select(0, items), 1e-12);
    }

    // The rows of Sinkhorn's depend on one another through the columns.
    public static TheoryData<string> OfSeparateRows => [.. Variants.All.Select(row => row.Data).Where(variant => !variant.StartsWith("sinkhorn", StringComparison.Ordinal))];

    /// <summary>Two scores of -∞ have no places of their own, and leave what is above them alone: so are items marked that may not be chosen.</summary>
    [Theory, MemberData(nameof(OfSeparateRows))]
    public void Places_that_several_infinities_do_not_reach_are_finite(string variant)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 2, 1, double.NegativeInfinity, double.NegativeInfinity, 0.5, 2, 1, 0, -1, 0.5 }).reshape(2, 5);
        var finite = tensor(new[] { 2.0, 1, 0.5 });
        using var permutation = Variants.Relax(variant, scores, 0.7);
        using var alone = Variants.Relax(variant, finite, 0.7);
        var items = tensor(new long[] { 0, 1, 4 });
        TensorCompare.Close(alone.Row(0), permutation.Row(0)[0].index_select(0, items), 1e-13);
        TensorCompare.Close(alone.TopK(2), permutation.TopK(2)[0].index_select(0, items), 1e-13);
        Assert.True(permutation.Quantile(0.9).isfinite().all().item<bool>());
        Assert.True(permutation.TopK(4)[0].isnan().all().item<bool>());
        Assert.True(permutation.TopK(4)[1].isfinite().all().item<bool>());
    }

    [Theory, MemberData(nameof(All))]
    public void Absent_items_get_no_mass_and_no_gradient(string variant)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(Padded).reshape(3, 4).requires_grad_();
        var mask = tensor(Present).reshape(3, 4);
        using var permutation = Variants.Relax(variant, scores, 0.7, mask);
        var values = ones(3, 4, 1, float64).requires_grad_();
        var applied = permutation.Apply(values);
        Assert.Equal([1, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0], TensorCompare.Numbers(applied).Select(v => Math.Round(v, 12)));
        applied.mul(Indices(12, float64).reshape(3, 4, 1)).sum().backward();
        TensorCompare.Close(zeros(5, float64), scores.grad!.masked_select(mask.logical_not()), 0);
        TensorCompare.Close(zeros(5, float64), values.grad!.squeeze(-1).masked_select(mask.logical_not()), 0);
        Assert.True(scores.grad!.isfinite().all().item<bool>());
    }

    [Theory, MemberData(nameof(All))]
    public void A_row_without_items_is_zero_throughout(string variant)
    {
        using var scope = NewDisposeScope();
        using var permutation = Variants.Relax(variant, tensor(Padded).reshape(3, 4), 0.7, tensor(Present).reshape(3, 4));
        TensorCompare.Close(zeros(4, 4, float64), permutation.Matrix()[2], 0);
        TensorCompare.Close(zeros(4, float64), permutation.Quantile(0.5)[2], 0);
        Assert.Equal(0, permutation.CrossEntropy(tensor(new long[] { 0, 1, 2, 3 }))[2].item<double>());
        Assert.Equal([0, 1, 2, 3], permutation.Order()[2].data<long>().ToArray());
        using var straight = permutation.StraightThrough();
        TensorCompare.Close(zeros(4, 4, float64), straight.Matrix()[2], 0);
    }

    [Theory, MemberData(nameof(All))]
    public void A_mask_of_all_items_changes_nothing(string variant)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.3, 2, -1, 0.3 });
        using var masked = Variants.Relax(variant, scores, mask: ones(4, @bool));
        using var plain = Variants.Relax(variant, scores);
        TensorCompare.Close(plain.Matrix(), masked.Matrix(), 1e-15);
    }

    [Theory, MemberData(nameof(All))]
    public void Padding_of_the_values_may_hold_anything(string variant)
    {
        using var scope = NewDisposeScope();
        using var permutation = Variants.Relax(variant, tensor(new[] { 1, 2, 0.5 }), mask: tensor(new[] { true, true, false }));
        var values = tensor(new[] { 3, 4, double.NaN }).reshape(3, 1);
        Assert.True(permutation.Apply(values).isfinite().all().item<bool>());
        Assert.True(permutation.ApplyTranspose(values).isfinite().all().item<bool>());
    }

    [Theory, MemberData(nameof(All))]
    public void Not_a_number_spoils_its_own_row_of_the_batch_alone(string variant)
    {
        using var scope = NewDisposeScope();
        using var alone = Variants.Relax(variant, tensor(new[] { 0.5, 2, -1 }));
        var values = tensor(new[] { 1.0, 2, 4 }).reshape(3, 1);
        foreach (var act in new Func<RelaxedPermutation, Tensor>[] { p => p.Matrix(), p => p.Apply(values), p => p.ApplyTranspose(values) })
        {
            var scores = tensor(new[] { 1, double.NaN, 3, 0.5, 2, -1 }).reshape(2, 3).requires_grad_();
            using var permutation = Variants.Relax(variant, scores);
            var result = act(permutation);
            Assert.True(result[0].isnan().all().item<bool>());
            TensorCompare.Close(act(alone), result[1], 1e-14);
            result.mul(Indices(result.numel(), float64).reshape(result.shape)).sum().backward();
            Assert.True(scores.grad![0].isnan().all().item<bool>());
            Assert.True(scores.grad![1].isfinite().all().item<bool>());
        }
    }

    [Theory, MemberData(nameof(All))]
    public void A_lone_infinity_takes_its_place_and_leaves_the_others_alone(string variant)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 1, double.PositiveInfinity, 2, double.NegativeInfinity, -1 }).requires_grad_();
        var finite = tensor(new[] { 1.0, 2, -1 }).requires_grad_();
        using var permutation = Variants.Relax(variant, scores);
        using var alone = Variants.Relax(variant, finite);
        var items = tensor(new long[] { 0, 2, 4 });
        var matrix = permutation.Matrix();
        TensorCompare.Close(alone.Matrix(), matrix.narrow(0, 1, 3).index_select(1, items), 1e-13);
        Assert.Equal([0, 1, 0, 0, 0], TensorCompare.Numbers(matrix[0]));
        Assert.Equal([0, 0, 0, 1, 0], TensorCompare.Numbers(matrix[4]));
        var values = Indices(5, float64).unsqueeze(-1);
        TensorCompare.Close(matrix.matmul(values), permutation.Apply(values), 1e-12);
        TensorCompare.Close(matrix.transpose(0, 1).matmul(values), permutation.ApplyTranspose(values), 1e-12);
        permutation.Apply(values).mul(tensor(new[] { 7.0, 1, 2, 3, 9 }).unsqueeze(-1)).sum().backward();
        alone.Apply(values.index_select(0, items)).mul(tensor(new[] { 1.0, 2, 3 }).unsqueeze(-1)).sum().backward();
        TensorCompare.Close(finite.grad!, scores.grad!.index_select(0, items), 1e-12);
    }

    [Theory, MemberData(nameof(All))]
    public void Several_infinities_of_one_sign_have_no_order(string variant)
    {
        using var scope = NewDisposeScope();
        using var permutation = Variants.Relax(variant, tensor(new[] { double.PositiveInfinity, 1, double.PositiveInfinity, 2 }));
        var applied = TensorCompare.Numbers(permutation.Apply(ones(4, 1, float64)));
        Assert.All(applied[..2], value => Assert.True(double.IsNaN(value)));
        Assert.All(applied[2..], value => Assert.True(double.IsNaN(value) || Math.Abs(value - 1) < 1e-12, "the others are right, or said to be unknown"));
        Assert.True(permutation.ApplyTranspose(ones(4, 1, float64)).isnan().all().item<bool>());
        Assert.True(double.IsNaN(permutation.CrossEntropy(tensor(new long[] { 0, 2, 3, 1 })).item<double>()));
    }

    // Where the order given matters, a far score changes who meets whom.
    [Theory, MemberData(nameof(Equivariant))]
    public void Scores_far_apart_leave_the_others_exact(string variant)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 1, 1e30, -1e30, 1.5 }).requires_grad_();
        using var permutation = Variants.Relax(variant, scores, 1.3);
        using var alone = Variants.Relax(variant, tensor(new[] { 1, 1.5 }), 1.3);
        TensorCompare.Close(alone.Matrix(), permutation.Matrix().narrow(0, 1, 2).index_select(1, tensor(new long[] { 0, 3 })), 1e-12);
        permutation.Apply(Indices(4, float64).unsqueeze(-1)).Squared().sum().backward();
        Assert.True(scores.grad!.isfinite().all().item<bool>());
    }
}
