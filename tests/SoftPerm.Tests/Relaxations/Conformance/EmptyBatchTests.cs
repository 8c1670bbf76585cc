using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>A batch of no sequences, as the last one of a filtered data set may be, has results and gradients of no numbers.</summary>
public sealed class EmptyBatchTests
{
    [Theory, MemberData(nameof(Variants.All), MemberType = typeof(Variants))]
    public void Of_scores(string variant)
    {
        using var scope = NewDisposeScope();
        foreach (var (name, act) in Members.With(rand(5, 2, dtype: float64)))
        {
            var scores = zeros(0, 5, dtype: float64).requires_grad_();
            using var permutation = Variants.Relax(variant, scores);
            var result = act(permutation);
            Assert.True(result.shape[0] == 0, name);
            result.sum().backward();
            Assert.Equal([0, 5], scores.grad!.shape);
        }
    }

    [Theory, MemberData(nameof(Variants.Orderings), MemberType = typeof(Variants))]
    public void Of_values_that_are_sorted(string variant)
    {
        using var scope = NewDisposeScope();
        var ordering = Variants.Ordering(variant, 1);
        var values = zeros(0, 5, dtype: float64);
        Assert.Equal([0, 5], ordering.Sort(values).shape);
        Assert.Equal([0, 5], ordering.Rank(values).shape);
        Assert.Equal([0, 5], ordering.TopK(values, 2).shape);
        Assert.Equal([0], ordering.Quantile(values, 0.4).shape);
        Assert.Equal([0, 2], Soft.TopK(values, 2, ordering).Values.shape);
    }

    [Theory, MemberData(nameof(Variants.All), MemberType = typeof(Variants))]
    public void Of_values_and_orders_for_the_same_scores(string variant)
    {
        using var scope = NewDisposeScope();
        var scores = rand(5, dtype: float64).requires_grad_();
        using var permutation = Variants.Relax(variant, scores);
        var values = zeros(0, 5, 2, dtype: float64).requires_grad_();
        Tensor mixed = permutation.Apply(values), back = permutation.ApplyTranspose(values), entropy = permutation.CrossEntropy(zeros(0, 5, dtype: int64));
        Assert.Equal([0, 5, 2], mixed.shape);
        Assert.Equal([0, 5, 2], back.shape);
        Assert.Equal([0], entropy.shape);
        mixed.sum().Plus(back.sum()).Plus(entropy.sum()).backward();
        Assert.Equal(0, scores.grad!.abs().sum().item<double>());
        Assert.Equal([0, 5, 2], values.grad!.shape);
    }
}
