using SoftPerm.TestKit.References;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

public sealed class NonFiniteTestsInKernels() : NonFiniteTests(twiceDifferentiable: false);

public sealed class NonFiniteTestsInTensorOperations() : NonFiniteTests(twiceDifferentiable: true);

public abstract class NonFiniteTests(bool twiceDifferentiable) : BothWays(twiceDifferentiable)
{
    private const double Infinity = double.PositiveInfinity;

    [Fact]
    public void Not_a_number_alone_gives_not_a_number()
    {
        using var scope = NewDisposeScope();
        using var permutation = Sort(1.0).Relax(tensor(new[] { double.NaN }));
        Assert.True(double.IsNaN(permutation.Matrix().item<double>()));
    }

    [Theory]
    [InlineData(Infinity, 1, 2, 1.5), InlineData(1, -Infinity, 0.5, 2), InlineData(3, Infinity, -Infinity, 2)]
    [InlineData(Infinity, 1, Infinity, 2), InlineData(-Infinity, -Infinity, Infinity, Infinity), InlineData(Infinity, -Infinity, 0, 0)]
    public void Infinite_scores_follow_the_reference(double a, double b, double c, double d)
    {
        using var scope = NewDisposeScope();
        double[] scores = [a, b, c, d];
        var expected = new double[16];
        NeuralSortReference.Matrix(scores, 0.8, expected);
        using var permutation = Sort(0.8).Relax(tensor(scores));
        var found = TensorCompare.Numbers(permutation.Matrix());
        for (var k = 0; k < expected.Length; k++)
            Assert.True(double.IsNaN(expected[k]) ? double.IsNaN(found[k]) : Math.Abs(expected[k] - found[k]) <= 1e-14, $"[{k}]: {expected[k]} and {found[k]}");
    }

    [Fact]
    public void A_quantile_on_a_settled_place_ignores_the_unsettled_next_one()
    {
        using var scope = NewDisposeScope();
        using var permutation = Sort(1.0).Relax(tensor(new[] { 3, 2, 1, -Infinity, -Infinity }));
        TensorCompare.Close(permutation.Row(2), permutation.Quantile(0.5), 0);
    }

    [Fact]
    public void Impossible_entries_of_the_log_matrix_pass_no_gradient_on()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { Infinity, 1, 2 }).requires_grad_();
        using var permutation = Sort(1.0).Relax(scores);
        permutation.LogMatrix().index(TensorIndex.Colon, TensorIndex.Single(0)).sum().backward();
        Assert.Equal([0, 0, 0], TensorCompare.Numbers(scores.grad!));
    }

    [Fact]
    public void A_lone_infinity_leaves_the_gradient_finite()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { Infinity, 1, 2, -1 }).requires_grad_();
        using var permutation = Sort(1.0).Relax(scores);
        permutation.Matrix().mul(Indices(16, float64).reshape(4, 4)).sum().backward();
        var expected = new double[4];
        NeuralSortReference.ScoreGradient([Infinity, 1, 2, -1], 1, [.. Enumerable.Range(0, 16).Select(k => (double)k)], expected);
        TensorCompare.Close(tensor(expected), scores.grad!, 1e-12, 1e-14);
    }

    [Theory]
    [InlineData(1e30, 0, 1, 2), InlineData(1, 1e30, -1e30, 1.5), InlineData(1e300, -1e300, 0, 1)]
    public void Scores_far_apart_leave_the_others_exact(double a, double b, double c, double d)
    {
        using var scope = NewDisposeScope();
        double[] scores = [a, b, c, d];
        var expected = new double[16];
        NeuralSortReference.Matrix(scores, 1.3, expected);
        var leaf = tensor(scores).requires_grad_();
        var temperature = tensor(1.3, float64).requires_grad_();
        using var permutation = Sort(temperature).Relax(leaf);
        var matrix = permutation.Matrix();
        TensorCompare.Close(tensor(expected).reshape(4, 4), matrix, 1e-12, 1e-15);
        matrix.mul(Indices(16, float64).reshape(4, 4)).sum().backward();
        Assert.True(leaf.grad!.isfinite().all().item<bool>());
        Assert.True(temperature.grad!.isfinite().item<bool>());
    }
}
