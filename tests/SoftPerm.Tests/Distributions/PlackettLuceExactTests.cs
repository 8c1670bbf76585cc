using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Distributions;

/// <summary>Exact results over sets, against enumeration over orders.</summary>
public sealed class PlackettLuceExactTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden.PlackettLuce.Count)];

    [Theory, MemberData(nameof(Cases))]
    public void Entropy_is_the_golden_one(int index)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.PlackettLuce[index];
        Compare.Close(golden.Entropy, new PlackettLuce(tensor(golden.Logits)).Entropy().item<double>(), 1e-12, 1e-13);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Marginals_are_those_of_enumeration(int index)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.PlackettLuce[index];
        var items = golden.Logits.Length;
        var expected = new double[items * items];
        foreach (var (order, log) in golden.Orders.Zip(golden.LogProb))
            for (var place = 0; place < items; place++) expected[(place * items) + order[place]] += Math.Exp(log);
        var distribution = new PlackettLuce(tensor(golden.Logits));
        Compare.Close(expected, TensorCompare.Numbers(distribution.RankProbability()), 1e-12, 1e-14);
        for (var k = 1; k <= items; k++)
        {
            double[] first = [.. Enumerable.Range(0, items).Select(item => Enumerable.Range(0, k).Sum(place => expected[(place * items) + item]))];
            Compare.Close(first, TensorCompare.Numbers(distribution.TopKProbability(k)), 1e-12, 1e-14);
        }
    }

    [Fact]
    public void Divergence_is_that_of_enumeration()
    {
        using var scope = NewDisposeScope();
        var golden = Golden.PlackettLuce[4];
        var other = tensor(new[] { 1, -2, 0.3, 0, 0.7 });
        var orders = tensor(golden.Orders.SelectMany(o => o).Select(i => (long)i).ToArray()).reshape(-1, 5);
        var differences = tensor(golden.LogProb).sub(new PlackettLuce(other).LogProbability(orders));
        var expected = tensor(golden.LogProb).exp().mul(differences).sum().item<double>();
        var distribution = new PlackettLuce(tensor(golden.Logits));
        Compare.Close(expected, distribution.Divergence(new PlackettLuce(other)).item<double>(), 1e-12);
        Compare.Close(0, distribution.Divergence(distribution).item<double>(), 0, 1e-14);
    }

    [Fact]
    public void Gradients_are_those_of_finite_differences()
    {
        using var scope = NewDisposeScope();
        Tensor logits = tensor(new[] { 0.3, -1, 0.8, 0, 2, -0.4 }).reshape(2, 3), other = tensor(new[] { 0.1, 0.2, -0.5 });
        GradientCheck.Check(l => new PlackettLuce(l[0]).Entropy(), 1e-9, logits);
        GradientCheck.Check(l => new PlackettLuce(l[0]).RankProbability(), 1e-9, logits);
        GradientCheck.Check(l => new PlackettLuce(l[0]).Divergence(new PlackettLuce(l[1])), 1e-9, logits, other);
        GradientCheck.Check(l => new PlackettLuce(l[0]).LogProbability(tensor(new long[] { 2, 0 })), 1e-9, logits);
    }

    [Fact]
    public void Most_items_allowed_have_the_entropy_and_marginals_of_an_even_distribution()
    {
        using var scope = NewDisposeScope();
        const int Items = PlackettLuce.ExactItemLimit;
        var distribution = new PlackettLuce(zeros(Items, float64));
        Compare.Close(Enumerable.Range(1, Items).Sum(i => Math.Log(i)), distribution.Entropy().item<double>(), 1e-12);
        Compare.Close([.. Enumerable.Repeat(1.0 / Items, Items * Items)], TensorCompare.Numbers(distribution.RankProbability()), 1e-12);
    }

    [Fact]
    public void Logits_thousands_apart_leave_no_entropy_and_no_NaN()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 1e4, -1e4, 0, 5e3, -3e3 }).requires_grad_();
        var distribution = new PlackettLuce(logits);
        Assert.Equal(0, distribution.Entropy().item<double>());
        Assert.Equal([1, 0, 0, 0, 0], TensorCompare.Numbers(distribution.RankProbability()[0]));
        distribution.Entropy().backward();
        Assert.Equal(new double[5], TensorCompare.Numbers(logits.grad!));
    }

    [Fact]
    public void Padded_and_unpadded_results_are_equal()
    {
        using var scope = NewDisposeScope();
        var padded = tensor(new[] { 0.3, double.NaN, 2, -1, double.PositiveInfinity }).requires_grad_();
        var mask = tensor(new[] { true, false, true, true, false });
        var alone = tensor(new[] { 0.3, 2, -1 }).requires_grad_();
        var items = tensor(new long[] { 0, 2, 3 });
        PlackettLuce masked = new(padded, mask), plain = new(alone);
        TensorCompare.Close(plain.Entropy(), masked.Entropy(), 1e-14);
        var ranks = masked.RankProbability();
        TensorCompare.Close(plain.RankProbability(), ranks.narrow(0, 0, 3).index_select(1, items), 1e-14);
        Assert.Equal(3, ranks.sum().item<double>(), 12);
        TensorCompare.Close(plain.TopKProbability(2), masked.TopKProbability(2).index_select(0, items), 1e-14);
        masked.Entropy().backward();
        plain.Entropy().backward();
        TensorCompare.Close(alone.grad!, padded.grad!.index_select(0, items), 1e-13);
        Assert.Equal([0, 0], TensorCompare.Numbers(padded.grad!.index_select(0, tensor(new long[] { 1, 4 }))));
    }

    [Fact]
    public void Batches_are_treated_row_by_row()
    {
        using var scope = NewDisposeScope();
        var logits = randn(2, 3, 4, dtype: float64, generator: new Generator(1));
        var batch = new PlackettLuce(logits);
        Assert.Equal([2, 3, 4, 4], batch.RankProbability().shape);
        var row = new PlackettLuce(logits[1, 2]);
        TensorCompare.Close(row.Entropy(), batch.Entropy()[1, 2], 1e-14);
        TensorCompare.Close(row.RankProbability(), batch.RankProbability()[1, 2], 1e-14);
        TensorCompare.Close(row.Divergence(new PlackettLuce(logits[0, 0])), batch.Divergence(new PlackettLuce(logits[0, 0]))[1, 2], 1e-13);
    }

    [Fact]
    public void Too_many_items_and_places_are_refused()
    {
        using var scope = NewDisposeScope();
        var twenty = new PlackettLuce(zeros(20));
        Assert.Contains("20 items", Assert.Throws<InvalidOperationException>(() => twenty.Entropy()).Message, StringComparison.Ordinal);
        Assert.Contains(nameof(PlackettLuce.EstimateRankProbability), Assert.Throws<InvalidOperationException>(() => twenty.RankProbability()).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => twenty.Divergence(twenty));
        Assert.Throws<InvalidOperationException>(() => twenty.TopKProbability(3));
        var three = new PlackettLuce(zeros(3));
        Assert.Equal(4L, Assert.Throws<ArgumentOutOfRangeException>(() => three.TopKProbability(4)).ActualValue);
        Assert.Throws<ArgumentException>(() => three.Divergence(new PlackettLuce(zeros(4))));
        Assert.Throws<ArgumentException>(() => three.Divergence(new PlackettLuce(zeros(3, float64))));
        Assert.Throws<ArgumentException>(() => three.Divergence(new PlackettLuce(zeros(3), tensor(new[] { true, true, false }))));
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        using var logits = zeros(2, 4);
        using var mask = ones(4, @bool);
        TensorLeak.Check(() =>
        {
            var distribution = new PlackettLuce(logits, mask);
            using var entropy = distribution.Entropy();
            using var divergence = distribution.Divergence(distribution);
            using var ranks = distribution.RankProbability();
            using var top = distribution.TopKProbability(2);
        });
    }
}
