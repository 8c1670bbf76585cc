using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

/// <summary>What the public boundary refuses, and that the message names the value.</summary>
public sealed class BoundaryTests
{
    [Theory]
    [InlineData(0), InlineData(-1), InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void Temperature_must_be_positive_and_finite(double temperature)
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new NeuralSort(temperature));
        Assert.Contains("positive and finite", error.Message, StringComparison.Ordinal);
        var learned = new NeuralSort(tensor(temperature, float64));
        Assert.Throws<ArgumentOutOfRangeException>(() => learned.Relax(ones(3)));
    }

    [Fact]
    public void Temperature_tensor_must_fit_the_batch()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() => new NeuralSort(ones(3)).Relax(ones(2, 4)));
        Assert.Contains("[3]", error.Message, StringComparison.Ordinal);
        new NeuralSort(ones(2)).Relax(ones(2, 4)).Dispose();
    }

    [Fact]
    public void Scores_must_have_items_and_a_floating_type()
    {
        using var scope = NewDisposeScope();
        var relaxation = new NeuralSort(1.0);
        Assert.Throws<ArgumentException>(() => relaxation.Relax(tensor(1.0)));
        Assert.Throws<ArgumentException>(() => relaxation.Relax(ones(3, 0)));
        Assert.Contains("Int64", Assert.Throws<ArgumentException>(() => relaxation.Relax(ones(3, int64))).Message, StringComparison.Ordinal);
        Assert.Contains("Bool", Assert.Throws<ArgumentException>(() => relaxation.Relax(ones(3, @bool))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_temperature_must_be_there()
    {
        foreach (var make in new Func<SoftOrdering>[] { () => new NeuralSort((Temperature)null!), () => new Permutahedron((Temperature)null!), () => new LapSum((Tensor)null!) })
            Assert.Throws<ArgumentNullException>("temperature", () => make());
        Assert.Throws<ArgumentOutOfRangeException>(() => new Permutahedron(1) { Regularization = (PermutahedronRegularization)7 });
    }

    /// <summary>Its gradient read the buffer of the order as it was by then.</summary>
    [Fact]
    public void An_order_may_change_before_the_backward_pass()
    {
        using var scope = NewDisposeScope();
        double[] Gradient(bool changes)
        {
            var scores = tensor(new[] { 0.3, 2, -1 }).requires_grad_();
            var order = tensor(new long[] { 2, 0, 1 });
            using var permutation = new NeuralSort(1).Relax(scores);
            var loss = permutation.CrossEntropy(order);
            if (changes) order.zero_();
            loss.backward();
            return TensorCompare.Numbers(scores.grad!);
        }

        Assert.Equal(Gradient(changes: false), Gradient(changes: true));
    }

    [Fact]
    public void Mask_must_be_boolean_and_fit()
    {
        using var scope = NewDisposeScope();
        var relaxation = new NeuralSort(1.0);
        Assert.Throws<ArgumentException>(() => relaxation.Relax(ones(2, 3), ones(2, 3)));
        Assert.Throws<ArgumentException>(() => relaxation.Relax(ones(2, 3), ones(4, @bool)));
    }

    [Fact]
    public void Values_must_fit_in_shape_and_type()
    {
        using var scope = NewDisposeScope();
        using var permutation = new NeuralSort(1.0).Relax(rand(2, 3));
        foreach (var values in new[] { ones(3), ones(4, 1), ones(5, 3, 1), ones(3, 1, float64) })
        {
            Assert.Throws<ArgumentException>(() => permutation.Apply(values));
            Assert.Throws<ArgumentException>(() => permutation.ApplyTranspose(values));
        }
    }

    [Fact]
    public void Order_must_be_int64_of_valid_indices()
    {
        using var scope = NewDisposeScope();
        using var permutation = new NeuralSort(1.0).Relax(rand(2, 3));
        Assert.Throws<ArgumentException>(() => permutation.CrossEntropy(zeros(3)));
        Assert.Throws<ArgumentException>(() => permutation.CrossEntropy(zeros(4, int64)));
        Assert.Throws<ArgumentOutOfRangeException>(() => permutation.CrossEntropy(tensor(new long[] { 0, 1, 3 })));
        Assert.Throws<ArgumentOutOfRangeException>(() => permutation.CrossEntropy(tensor(new long[] { 0, 1, -1 })));
    }

    [Fact]
    public void Counts_places_and_quantiles_must_be_in_range()
    {
        using var scope = NewDisposeScope();
        using var permutation = new NeuralSort(1.0).Relax(rand(3));
        foreach (var k in new long[] { 0, 4, -1 }) Assert.Throws<ArgumentOutOfRangeException>(() => permutation.TopK(k));
        foreach (var place in new long[] { -1, 3 }) Assert.Throws<ArgumentOutOfRangeException>(() => permutation.Row(place));
        foreach (var quantile in new[] { -0.1, 1.1, double.NaN }) Assert.Throws<ArgumentOutOfRangeException>(() => permutation.Quantile(quantile));
    }
}
