using CsCheck;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

/// <summary>What is the permutahedron's own; the conformance suite has the rest.</summary>
public sealed class PermutahedronTests
{
    private static readonly Gen<(double[] Values, double Temperature)> Cases =
        Gen.Select(Gen.Double[-3, 3].Array[1, 5], Gen.Double[-1, 1].Select(e => Math.Pow(10, e)));

    public static TheoryData<int> GoldenCases => [.. Enumerable.Range(0, Golden.Permutahedron.Count)];

    [Theory, MemberData(nameof(GoldenCases))]
    public void Ranks_and_sorted_values_agree_with_the_oracle(int index)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.Permutahedron[index];
        var ascending = new Permutahedron(golden.Strength, descending: false);
        var values = tensor(golden.Values);
        TensorCompare.Close(tensor(golden.SoftRank).sub(Number(1)), ascending.Rank(values), 1e-9, 1e-10); // the oracle counts from 1
        TensorCompare.Close(tensor(golden.SoftSort), ascending.Sort(values), 1e-9, 1e-10);
    }

    [Fact]
    public void Quadratic_results_are_the_closest_points() => Cases.Sample(c =>
    {
        using var scope = NewDisposeScope();
        var (n, values) = (c.Values.Length, tensor(c.Values));
        var permutahedron = new Permutahedron(c.Temperature);
        double[] places = [.. Enumerable.Range(0, n).Select(i => (double)(n - 1 - i))];
        double[] keys = [.. c.Values.Select(v => v / c.Temperature)];
        AssertClosest([.. keys.Select(k => -k)], places, permutahedron.Rank(values));
        AssertClosest(keys, [.. places.Select(p => p >= n - Math.Min(2, n) ? 1.0 : 0)], permutahedron.TopK(values, Math.Min(2, n)));
        AssertClosest([.. places.Select(p => p / c.Temperature)], c.Values, permutahedron.Sort(values));
    });

    [Fact]
    public void Entropic_results_are_the_closest_points_in_exponentials() => Cases.Sample(c =>
    {
        using var scope = NewDisposeScope();
        var (n, values, k) = (c.Values.Length, tensor(c.Values), Math.Min(2, c.Values.Length));
        var permutahedron = new Permutahedron(c.Temperature) { Regularization = PermutahedronRegularization.Entropic };
        double[] places = [.. Enumerable.Range(0, n).Select(i => (double)(n - 1 - i))];
        double[] keys = [.. c.Values.Select(v => v / c.Temperature)];
        AssertClosestInExponentials([.. keys.Select(key => -key)], places, permutahedron.Rank(values));
        AssertClosestInExponentials(keys, [.. places.Select(p => p >= n - k ? 1.0 : 0)], permutahedron.TopK(values, k));
        AssertClosestInExponentials([.. places.Select(p => p / c.Temperature)], c.Values, permutahedron.Sort(values));
    });

    [Fact]
    public void Entropic_memberships_keep_the_sum_of_their_exponentials()
    {
        using var scope = NewDisposeScope();
        var entropic = new Permutahedron(1.0) { Regularization = PermutahedronRegularization.Entropic };
        Assert.Equal(3 * Math.Log((2 + Math.E) / 3), entropic.TopK(ones(3, float64), 1).sum().item<double>(), 1e-14);
        using var generator = new Generator(5);
        for (var k = 1; k <= 10; k++)
        {
            var membership = entropic.TopK(randn([10], dtype: float64, generator: generator), k);
            Assert.Equal(k * Math.E + 10 - k, membership.exp().sum().item<double>(), 1e-12);
            Assert.InRange(membership.sum().item<double>(), k - 1e-12, 10 * Math.Log(1 + k * (Math.E - 1) / 10) + 1e-12);
        }
    }

    [Theory, InlineData(PermutahedronRegularization.Quadratic), InlineData(PermutahedronRegularization.Entropic)]
    public void Cold_enough_is_exact(PermutahedronRegularization regularization)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 3.0, 1, 2, 7 }).requires_grad_();
        var cold = new Permutahedron(0.05) { Regularization = regularization };
        var ranks = cold.Rank(values);
        TensorCompare.Close(tensor(new[] { 1.0, 3, 2, 0 }), ranks, 0);
        TensorCompare.Close(tensor(new[] { 7.0, 3, 2, 1 }), cold.Sort(values), 1e-15);
        ranks.Squared().sum().backward();
        TensorCompare.Close(zeros(4, float64), values.grad!, 0);
    }

    [Theory, InlineData(PermutahedronRegularization.Quadratic), InlineData(PermutahedronRegularization.Entropic)]
    public void Infinite_values_take_the_ends(PermutahedronRegularization regularization)
    {
        using var scope = NewDisposeScope();
        var ordering = new Permutahedron(2.0) { Regularization = regularization };
        var values = tensor(new[] { 1, double.PositiveInfinity, 2, double.NegativeInfinity });
        var alone = ordering.Rank(tensor(new[] { 1.0, 2 })).Plus(1);
        TensorCompare.Close(tensor(new[] { alone[0].item<double>(), 0, alone[1].item<double>(), 3 }), ordering.Rank(values), 1e-12);
        Assert.Equal([double.PositiveInfinity, double.NegativeInfinity], TensorCompare.Numbers(ordering.Sort(values).index_select(0, tensor(new long[] { 0, 3 }))));
        var several = TensorCompare.Numbers(ordering.Rank(tensor(new[] { double.PositiveInfinity, 1, double.PositiveInfinity })));
        Assert.Equal([true, false, true], several.Select(double.IsNaN));
    }

    [Theory, InlineData(1e9), InlineData(-1e9)]
    public void Far_off_values_lose_no_digits(double offset)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 0.25, 0.5, 0.125, 2 });
        var ordering = new Permutahedron(0.7);
        TensorCompare.Close(ordering.Rank(values), ordering.Rank(values.Plus(offset)), 1e-14);
        TensorCompare.Close(ordering.Sort(values).Plus(offset), ordering.Sort(values.Plus(offset)), 1e-15);
    }

    /// <summary>Values in tenths at temperatures in tenths: many ties, and many blocks that just touch.</summary>
    [Theory, InlineData(PermutahedronRegularization.Quadratic), InlineData(PermutahedronRegularization.Entropic)]
    public void Equal_values_have_equal_results_and_gradients(PermutahedronRegularization regularization) =>
        Gen.Select(Gen.Int[0, 4].Array[1, 20], Gen.Int[1, 20], Gen.Int[-2, 1], Gen.Int[0, 20], Gen.Bool, Gen.Bool, Gen.Bool).Sample((levels, tenths, power, k, isFloat, isMasked, descending) =>
        {
            using var scope = NewDisposeScope();
            var temperature = tenths / 10.0 * (power switch { -2 => 1e-300, -1 => 1e-20, var other => Math.Pow(1e3, other) });
            var ordering = new Permutahedron(temperature, descending) { Regularization = regularization };
            var values = tensor(levels.Select(level => level / 10.0).ToArray()).to(isFloat ? float32 : float64).requires_grad_();
            var mask = isMasked ? tensor(levels.Select((_, item) => item % 3 != 1).ToArray()) : null;
            var result = k == 0 ? ordering.Rank(values, mask) : ordering.TopK(values, Math.Min(k, levels.Length), mask);
            result.mul(values.detach().Plus(0.3)).sum().backward(); // the same from above for the same value
            foreach (var numbers in new[] { TensorCompare.Numbers(result), TensorCompare.Numbers(values.grad!) })
                foreach (var equals in levels.Index().Where(item => !isMasked || item.Index % 3 != 1).GroupBy(item => item.Item, item => numbers[item.Index]))
                    Assert.Single(equals.Distinct());
        }, iter: 2000);

    [Theory, InlineData(PermutahedronRegularization.Quadratic), InlineData(PermutahedronRegularization.Entropic)]
    public void Ranks_of_equal_values_tend_to_the_mean_of_those_they_share(PermutahedronRegularization regularization)
    {
        using var scope = NewDisposeScope();
        foreach (var temperature in new[] { 1e-3, 1e-20, 1e-40, 1e-300 })
            foreach (var (values, ranks) in new (double[], double[])[] { ([2, 2, 1], [0.5, 0.5, 2]), ([1, 0, 1, 1e30, 1, 1, -1e30, -1e30, 0, 1e30], [3.5, 6.5, 3.5, 0.5, 3.5, 3.5, 8.5, 8.5, 6.5, 0.5]) })
            {
                var expected = ranks.Select(rank => regularization is PermutahedronRegularization.Quadratic ? rank : EntropicMean(ranks, rank)).ToArray();
                var found = new Permutahedron(temperature) { Regularization = regularization }.Rank(tensor(values));
                TensorCompare.Close(tensor(expected), found, 1e-14);
            }
    }

    [Fact]
    public void A_million_values_are_pooled_in_one_go()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var values = randn([1_000_000], dtype: float32, generator: generator).requires_grad_();
        var ranks = new Permutahedron(1e-3).Rank(values);
        Assert.Equal(499_999.5, ranks.to(float64).mean().item<double>(), 1);
        ranks.Squared().mean().backward();
        Assert.True(Math.Abs(values.grad!.to(float64).sum().item<double>()) < 1e-3 * values.grad!.abs().sum().item<float>());
    }

    /// <summary>The logarithm of the mean exponential of the ranks that are shared.</summary>
    private static double EntropicMean(double[] ranks, double shared)
    {
        var count = ranks.Count(rank => rank == shared);
        return Math.Log(Enumerable.Range(0, count).Average(i => Math.Exp(shared - (count - 1) / 2.0 + i)));
    }

    // y is the closest point to z of the hull of w if it lies there, and no corner lies beyond it: ⟨z - y, corner - y⟩ ≤ 0.
    private static void AssertClosest(double[] z, double[] w, Tensor result)
    {
        var y = TensorCompare.Numbers(result);
        Assert.Equal(w.Sum(), y.Sum(), 9);
        foreach (var corner in Permutations(w))
            Assert.True(z.Select((value, i) => (value - y[i]) * (corner[i] - y[i])).Sum() <= 1e-9, $"{string.Join(' ', corner)} lies beyond {string.Join(' ', y)}");
        double[] falling = [.. y.OrderDescending()], bounds = [.. w.OrderDescending()];
        for (var k = 1; k <= y.Length; k++) Assert.True(falling.Take(k).Sum() <= bounds.Take(k).Sum() + 1e-9);
    }

    // The gradient of KL(p, exp z) in p is log p - z: no corner lies down from p = exp y, which is in the hull of exp w.
    private static void AssertClosestInExponentials(double[] z, double[] w, Tensor result)
    {
        var y = TensorCompare.Numbers(result);
        var unit = w.Max(Math.Exp) * (1 + z.Max(Math.Abs));
        foreach (var corner in Permutations(w))
            Assert.True(y.Select((value, i) => (value - z[i]) * (Math.Exp(corner[i]) - Math.Exp(value))).Sum() >= -1e-11 * unit, $"{string.Join(' ', corner)} lies beyond {string.Join(' ', y)}");
        double[] falling = [.. y.OrderDescending().Select(Math.Exp)], bounds = [.. w.OrderDescending().Select(Math.Exp)];
        for (var k = 1; k <= y.Length; k++) Assert.True(falling.Take(k).Sum() <= bounds.Take(k).Sum() * (1 + 1e-12));
        Assert.Equal(bounds.Sum(), falling.Sum(), 1e-12 * bounds.Sum());
    }

    private static IEnumerable<double[]> Permutations(double[] numbers) => numbers.Length <= 1
        ? [numbers]
        : numbers.SelectMany((first, at) => Permutations([.. numbers[..at], .. numbers[(at + 1)..]]).Select(rest => (double[])[first, .. rest]));
}
