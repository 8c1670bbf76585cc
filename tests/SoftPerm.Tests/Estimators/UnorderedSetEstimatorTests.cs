using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Estimators;

public sealed class UnorderedSetEstimatorTests
{
    [Theory]
    [InlineData(0.2, 0.3)]
    [InlineData(0.5, 0.1, 0.05, 0.01)]
    [InlineData(0.999, 1e-5, 1e-7)]
    [InlineData(1e-9, 1e-4, 1e-30)]
    [InlineData(0.25, 0.25, 0.25, 0.25)]
    public void Weights_are_those_of_the_definition(params double[] probabilities)
    {
        using var scope = NewDisposeScope();
        var (weights, others) = UnorderedSetEstimator.Weights(tensor(probabilities).log());
        var samples = probabilities.Length;
        var expected = Enumerable.Range(0, samples).Select(z => probabilities[z] * SetProbability([z]) / SetProbability([])).ToArray();
        Compare.Close(expected, TensorCompare.Numbers(weights), 1e-10);
        for (var z = 0; z < samples; z++)
        {
            var row = Enumerable.Range(0, samples).Select(y => probabilities[y] * (y == z ? 1 : SetProbability([z, y]) / SetProbability([z])));
            Compare.Close([.. row], TensorCompare.Numbers(others[z]), 1e-10);
        }

        // The probability to draw the rest of the set, in whatever order, from a domain without some.
        double SetProbability(int[] outside) => Orders([.. Enumerable.Range(0, samples).Except(outside)]).Sum(order =>
        {
            double product = 1, rest = Math.Max(0, 1 - probabilities.Sum());
            for (var i = order.Length - 1; i >= 0; i--)
            {
                rest += probabilities[order[i]];
                product *= probabilities[order[i]] / rest;
            }

            return product;
        });
    }

    [Theory]
    [InlineData(5, 80)]
    [InlineData(12, 60)]
    [InlineData(20, 300)]
    public void Weights_of_many_orders_sum_to_one_where_all_cost_the_same(int items, long samples)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        // Σ q(z) R(z) is 1 for one cost only on average, unless all orders are equally likely: then every set gives 1.
        var value = new UnorderedSetEstimator().Surrogate(new PlackettLuce(zeros(items, float64)), p => ones([.. p.Batch], float64), samples, generator);
        Compare.Close(1, value.item<double>(), 1e-10);
    }

    [Fact]
    public void A_row_with_too_few_orders_is_named()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var mask = tensor(new[] { true, true, true, true, false, false }).reshape(2, 3);
        Assert.Contains("shortest row", Assert.Throws<ArgumentOutOfRangeException>(() => new UnorderedSetEstimator().Surrogate(
            new PlackettLuce(zeros(2, 3), mask), p => p.Row(0).sum(-1), 2, generator)).Message, StringComparison.Ordinal);
        using var none = new PlackettLuce(zeros(0, 3), ones(3, @bool)).SampleWithoutReplacement(2, generator);
        Assert.Equal([2, 0, 3], none.shape);
    }

    [Fact]
    public void A_set_of_all_orders_gives_the_exact_expectation_and_gradient()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var problem = new Problem(4);
        var (sums, _, _) = problem.Repeat(new UnorderedSetEstimator(), 24, 1, generator);
        Compare.Close(problem.Exact, sums, 1e-10);
    }

    private static IEnumerable<int[]> Orders(int[] items) => items.Length == 0
        ? [[]]
        : items.SelectMany(first => Orders([.. items.Where(i => i != first)]).Select(rest => (int[])[first, .. rest]));
}
