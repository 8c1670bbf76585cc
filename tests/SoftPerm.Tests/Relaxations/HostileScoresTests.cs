using SoftPerm.TestKit.Tensors;
using SoftPerm.Tests.Relaxations.Conformance;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

/// <summary>What random hostile numbers found, one by one: scores of many scales, infinite ones, and rows beside a row.</summary>
public sealed class HostileScoresTests
{
    public static TheoryData<string> Orderings => Variants.Orderings;

    // 0 · ∞ is NaN in a product of matrices.
    [Theory, MemberData(nameof(Orderings))]
    public void Finite_values_beside_infinite_ones_are_sorted_softly(string variant)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 0.5, double.NegativeInfinity, 2, double.PositiveInfinity, 1 }).requires_grad_();
        var finite = tensor(new[] { 0.5, 2.0, 1 }).requires_grad_();
        var ordering = Variants.Ordering(variant, tensor(0.7, float64));
        Tensor sorted = ordering.Sort(values), alone = ordering.Sort(finite);
        Assert.Equal(double.PositiveInfinity, sorted[0].item<double>());
        Assert.Equal(double.NegativeInfinity, sorted[4].item<double>());
        TensorCompare.Close(alone, sorted.narrow(0, 1, 3), 1e-13);
        sorted.mul(tensor(new[] { 7.0, 1, 2, 3, 9 })).sum().backward();
        alone.mul(tensor(new[] { 1.0, 2, 3 })).sum().backward();
        TensorCompare.Close(finite.grad!, values.grad!.index_select(0, tensor(new long[] { 0, 2, 4 })), 1e-12);
        if (ordering is Relaxation) TensorCompare.Close(tensor(new[] { 9.0, 7 }), values.grad!.index_select(0, tensor(new long[] { 1, 3 })), 0);
    }

    // An offset that all scores share takes digits of theirs, and of nothing else: these have none to lose.
    [Theory, MemberData(nameof(Orderings))]
    public void Gradients_of_sorted_values_do_not_know_an_offset(string variant)
    {
        using var scope = NewDisposeScope();
        Tensor plain = tensor(new[] { 3.0, 1, 4, 2, 7 }).requires_grad_(), far = tensor(new[] { 3.0, 1, 4, 2, 7 }).Plus(Math.Pow(2, 45)).detach().requires_grad_();
        var ordering = Variants.Ordering(variant, tensor(0.7, float64));
        foreach (var values in new[] { plain, far }) ordering.Sort(values).mul(tensor(new[] { 1.0, -2, 3, 5, 2 })).sum().backward();
        TensorCompare.Close(plain.grad!, far.grad!, 1e-10, 1e-11);
    }

    // In float32 a logit of 1e140 is infinite, and so was that of an infinite score at its own place.
    [Fact]
    public void An_infinite_score_stands_in_its_place_at_any_temperature()
    {
        using var scope = NewDisposeScope();
        using var permutation = Variants.Relax("lap-sum composed", tensor(new[] { float.NegativeInfinity, -0.5f, 0.1f, 0.8f }), 1e-140, descending: false);
        Assert.Equal([1, 0, 0, 0], TensorCompare.Numbers(permutation.Row(0)));
    }

    [Fact]
    public void The_exact_positions_of_a_row_with_NaN_are_not_a_number()
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 1, double.NaN, 3, 0.5, 2, -1 }).reshape(2, 3);
        foreach (var mode in Enum.GetValues<SoftMode>())
        {
            var positions = new SoftCase { Mode = mode }.ArgSort(values);
            Assert.True(positions[0].isnan().all().item<bool>());
            Assert.True(positions[1].isfinite().all().item<bool>());
            Assert.True(new SoftCase { Mode = mode, Mask = values.isnan().logical_not() }.ArgSort(values).isfinite().all().item<bool>());
        }
    }

    // Distances counted from one end or from the middle have lost the digits of small gaps where others are far wider.
    [Theory]
    [InlineData("soft-sort-squared", 1e-42), InlineData("odd-even", 1e-40), InlineData("bitonic", 1e-40)]
    [InlineData("odd-even composed", 1e-40), InlineData("bitonic composed", 1e-40)]
    public void Small_gaps_beside_wide_ones_are_seen(string variant, double temperature)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 2e-20, 1e-20, 1, -3e35, 2, 3e20, 4 });
        TensorCompare.Close(tensor(new double[] { 4, 5, 3, 6, 2, 0, 1 }), Variants.Ordering(variant, tensor(temperature, float64)).Rank(values), 0, 1e-12);
    }

    // Lists of up to 8 are projected in lanes, longer ones and those with a mask one by one.
    [Theory]
    [InlineData("permutahedron", false), InlineData("permutahedron", true), InlineData("permutahedron-entropic", false)]
    public void Cold_projections_sort_values_of_many_scales_exactly(string variant, bool hasMask)
    {
        using var scope = NewDisposeScope();
        double[] sorted = [2e26, 3e11, 4.1e9, 5e3, 1.3e-25, -7e-16];
        var values = tensor(new[] { sorted[3], sorted[5], sorted[0], sorted[4], sorted[2], sorted[1] });
        var found = Variants.Ordering(variant, tensor(1e-28, float64)).Sort(values, hasMask ? ones(6, @bool) : null);
        TensorCompare.Close(tensor(sorted), found, 4e-16); // a rounding of each, by the one nearest to 0
    }

    // Where all are far smaller than 1, the logarithm of a mean of exponentials is the mean: both projections are one.
    [Theory, InlineData(1e-9, 1e-8), InlineData(1e-200, 1e-15)]
    public void Entropic_projections_of_tiny_values_are_quadratic_ones(double scale, double tolerance)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 3.0, 1, 2.5, 7, 5, 4.5, 0, 2, 6 }).mul(Number(scale));
        var temperature = tensor(2 / scale, float64);
        TensorCompare.Close(Variants.Ordering("permutahedron", temperature).Sort(values), Variants.Ordering("permutahedron-entropic", temperature).Sort(values), 0, tolerance * scale * 10);
    }

    [Fact]
    public void Squared_distances_beyond_all_numbers_leave_gradients_finite()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { -1e299, 2e299, 3e299 }).requires_grad_();
        Variants.Ordering("soft-sort-squared composed", tensor(1e-90, float64)).TopK(scores, 1).mul(tensor(new[] { 1.0, 2, 3 })).sum().backward();
        TensorCompare.Close(zeros(3, float64), scores.grad!, 0);
    }

    // With a NaN anywhere in a batch, rows of all its sequences were read off the matrix, which counts from the middle score.
    [Fact]
    public void A_row_is_read_off_as_if_there_were_no_NaN_beside_it()
    {
        using var scope = NewDisposeScope();
        var row = tensor(new[] { 1, 2, 3, 1e19 }).unsqueeze(0).requires_grad_();
        var beside = cat([row, tensor(new[] { 1, double.NaN, 3, 4 }).unsqueeze(0), tensor(new[] { 1, 2, double.NegativeInfinity, double.NegativeInfinity }).unsqueeze(0)]);
        var ordering = Variants.Ordering("lap-sum", tensor(1e-3, float64), descending: false);
        foreach (var read in new Func<Tensor, Tensor>[] { x => ordering.TopK(x, 2), x => ordering.Quantile(x, 1 / 3.0).unsqueeze(-1) })
        {
            Tensor alone = read(row), together = read(beside);
            TensorCompare.Close(alone[0], together[0], 0);
            Assert.True(together[1].isnan().all().item<bool>());
        }
    }
}
