using System.Diagnostics;
using SoftPerm.Distributions;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Distributions;

public sealed class PlackettLuceSamplingTests
{
    private static readonly double[] Mild = [0.4, -0.3, 0, 0.8, -0.6];

    [Fact]
    public void All_120_orders_come_as_often_as_their_probability_says()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        const int Draws = 240_000;
        var distribution = new PlackettLuce(tensor(Mild));
        var all = Enumeration.Orders(5, CPU);
        Assert.Equal(120, all.size(0));
        // Chi-square with 119 degrees of freedom exceeds 207 with probability 1e-6.
        Assert.True(ChiSquare(distribution.LogProbability(all), Keys(all), Keys(distribution.Sample(Draws, generator))) < 207);
    }

    [Fact]
    public void Pairs_drawn_without_replacement_come_as_often_as_their_probability_says()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(6);
        const int Draws = 200_000;
        var logits = tensor(Mild[..3]);
        var all = Enumeration.Orders(3, CPU);
        var log = TensorCompare.Numbers(new PlackettLuce(logits).LogProbability(all));
        var pairs = from a in Enumerable.Range(0, 6) from b in Enumerable.Range(0, 6) where a != b select (Key: (long)((a * 6) + b), Log: log[a] + log[b] - Math.Log(1 - Math.Exp(log[a])));
        var drawn = new PlackettLuce(logits.expand(Draws, 3)).SampleWithoutReplacement(2, generator);
        var index = Keys(all).Select((key, i) => (key, i)).ToDictionary(p => p.key, p => (long)p.i);
        long[] first = Keys(drawn[0]), second = Keys(drawn[1]);
        // Chi-square with 29 degrees of freedom exceeds 80 with probability 1e-6.
        Assert.True(ChiSquare(tensor(pairs.Select(p => p.Log).ToArray()), [.. pairs.Select(p => p.Key)], [.. first.Zip(second, (a, b) => (index[a] * 6) + index[b])]) < 80);
    }

    [Fact]
    public void Without_replacement_every_order_comes_once()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var logits = randn(3, 5, dtype: float64, generator: generator).mul(Number(30)); // nearly all mass on one order
        var drawn = new PlackettLuce(logits).SampleWithoutReplacement(120, generator);
        Assert.Equal([120, 3, 5], drawn.shape);
        for (var row = 0; row < 3; row++) Assert.Equal(120, Keys(drawn.select(1, row)).Distinct().Count());
        var masked = new PlackettLuce(logits, tensor(new[] { true, false, true, true, false })).SampleWithoutReplacement(6, generator);
        Assert.Equal(6, Keys(masked.select(1, 0)).Distinct().Count());
        Assert.Equal(tensor(new long[] { 1, 4 }).expand(6, 3, 2).reshape(-1).data<long>().ToArray(), masked.narrow(-1, 3, 2).reshape(-1).data<long>().ToArray());
        Assert.Contains("120", Assert.Throws<ArgumentOutOfRangeException>(() => new PlackettLuce(logits).SampleWithoutReplacement(121, generator)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Perturbed_logits_given_an_order_sort_into_it()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(8);
        var distribution = new PlackettLuce(randn(4, 9, dtype: float64, generator: generator).mul(Number(3)));
        var orders = distribution.Sample(50, generator);
        var given = distribution.ConditionalPerturbedLogits(orders, generator);
        Assert.Equal([50, 4, 9], given.shape);
        Assert.True(given.argsort(-1, descending: true).eq(orders).all().item<bool>());
    }

    [Fact]
    public void Perturbed_logits_given_their_own_order_are_logits_with_Gumbel_noise()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(9);
        const int Draws = 400_000;
        var logits = tensor(Mild);
        var distribution = new PlackettLuce(logits);
        var noise = distribution.ConditionalPerturbedLogits(distribution.Sample(Draws, generator), generator).sub(logits);
        // Standard errors: 1.28/√N = 0.0020 for the mean, √4.4·1.645/√N = 0.0055 for the variance, 1.645/√N = 0.0026 for a covariance.
        Compare.Close([.. Enumerable.Repeat(0.5772156649, 5)], TensorCompare.Numbers(noise.mean([0])), 0, 0.0105);
        var centred = noise.sub(noise.mean([0]));
        var covariance = centred.transpose(0, 1).matmul(centred).div(Number(Draws));
        Compare.Close(TensorCompare.Numbers(eye(5, dtype: float64).mul(Number(Math.PI * Math.PI / 6))), TensorCompare.Numbers(covariance), 0, 0.029);
    }

    [Fact]
    public void Perturbed_logits_are_differentiable()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(Mild);
        var order = tensor(new long[] { 3, 1, 0, 4, 2 });
        GradientCheck.Check(l => new PlackettLuce(l[0]).ConditionalPerturbedLogits(order, new Generator(3)), 1e-9, logits);
        GradientCheck.Check(l => new PlackettLuce(l[0]).PerturbedLogits(2, new Generator(3)), 1e-9, logits);
    }

    [Fact]
    public void The_first_places_have_the_probability_of_all_orders_that_begin_so()
    {
        using var scope = NewDisposeScope();
        var distribution = new PlackettLuce(tensor(Mild));
        var all = Enumeration.Orders(5, CPU);
        var probabilities = distribution.LogProbability(all).exp();
        for (var k = 1; k <= 5; k++)
        {
            var first = all.narrow(-1, 0, k);
            var same = first.unsqueeze(0).eq(first.unsqueeze(1)).all(-1).to(float64);
            TensorCompare.Close(same.matmul(probabilities), distribution.LogProbability(first).exp(), 1e-12);
        }
    }

    [Fact]
    public void Logits_up_to_ten_thousand_score_as_computed_place_by_place()
    {
        using var scope = NewDisposeScope();
        var random = new Random(4);
        for (var trial = 0; trial < 50; trial++)
        {
            double[] logits = [.. Enumerable.Range(0, 7).Select(_ => (random.NextDouble() * 2e4) - 1e4)];
            int[] order = [.. Enumerable.Range(0, 7).OrderBy(_ => random.Next())];
            var expected = Enumerable.Range(0, 7).Sum(i =>
            {
                double[] left = [.. order[i..].Select(item => logits[item])];
                return left[0] - left.Max() - Math.Log(left.Sum(l => Math.Exp(l - left.Max())));
            });
            var leaf = tensor(logits).requires_grad_();
            var found = new PlackettLuce(leaf).LogProbability(tensor(order.Select(i => (long)i).ToArray()));
            Compare.Close(expected, found.item<double>(), 1e-13, 1e-12);
            found.backward();
            Assert.True(leaf.grad!.isfinite().all().item<bool>());
            Compare.Close(0, leaf.grad!.sum().item<double>(), 0, 1e-9);
        }
    }

    [Fact]
    public void A_million_items_are_sampled_and_scored_in_seconds()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(10);
        const int Items = 1_000_000;
        var logits = randn(Items, generator: generator).mul(Number(3)).requires_grad_();
        var clock = Stopwatch.StartNew();
        var distribution = new PlackettLuce(logits);
        var order = distribution.Sample(1, generator);
        var log = distribution.LogProbability(order);
        log.sum().backward();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"took {clock.Elapsed}"); // about 1 s on a quiet machine
        var inOrder = TensorCompare.Numbers(logits.gather(-1, order[0]));
        double remaining = double.NegativeInfinity, expected = 0;
        for (var place = Items - 1; place >= 0; place--)
        {
            var most = Math.Max(remaining, inOrder[place]);
            remaining = most + Math.Log(Math.Exp(remaining - most) + Math.Exp(inOrder[place] - most));
            expected += inOrder[place] - remaining;
        }

        Compare.Close(expected, log.item<float>(), 1e-7);
        Assert.True(logits.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Estimates_are_within_their_standard_errors_of_the_exact_results()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(11);
        var logits = tensor(Mild).expand(2, 5);
        PlackettLuce distribution = new(logits), other = new(zeros(5, float64));
        const int Draws = 20_000;
        Near(distribution.Entropy(), distribution.EstimateEntropy(Draws, generator));
        Near(distribution.Divergence(other), distribution.EstimateDivergence(other, Draws, generator));
        var several = new PlackettLuce(zeros(3, 2, 5, dtype: float64));
        Near(distribution.Divergence(several), distribution.EstimateDivergence(several, Draws, generator));
        Near(distribution.RankProbability(), distribution.EstimateRankProbability(Draws, generator));
        Near(distribution.TopKProbability(2), distribution.EstimateTopKProbability(2, Draws, generator));
        // 2 + 2 + 6 + 50 + 10 z-scores: one beyond 5.5 has probability below 1e-5.
        static void Near(Tensor exact, MonteCarloEstimate estimate)
        {
            Assert.Equal(exact.shape, estimate.Value.shape);
            var z = estimate.Value.sub(exact).abs().div(estimate.StandardError);
            Assert.True(z.max().item<double>() < 5.5, $"z is {z.max().item<double>()}");
            Assert.True(estimate.StandardError.max().item<double>() < 0.02);
        }
    }

    [Fact]
    public void Masked_orders_leave_absent_items_for_last()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(12);
        var mask = tensor(new[] { true, false, true, true });
        var distribution = new PlackettLuce(tensor(new[] { 0.5, double.NaN, -1, 0 }), mask);
        var orders = distribution.Sample(200, generator);
        Assert.True(orders.select(-1, 3).eq(Number(1)).all().item<bool>());
        Assert.True(distribution.Mode().eq(tensor(new long[] { 0, 3, 2, 1 })).all().item<bool>());
        TensorCompare.Close(
            new PlackettLuce(tensor(new[] { 0.5, -1, 0 })).LogProbability(tensor(new long[] { 2, 0, 1 })),
            distribution.LogProbability(tensor(new long[] { 3, 0, 2, 1 })), 1e-14);
        Assert.Equal(double.NegativeInfinity, distribution.LogProbability(tensor(new long[] { 3, 1, 0, 2 })).item<double>());
        using var relaxed = distribution.RelaxedSample(3, new NeuralSort(1), generator);
        Assert.True(relaxed.Matrix().select(-1, 1).eq(Number(0)).all().item<bool>());
        var given = distribution.ConditionalPerturbedLogits(orders, generator);
        Assert.True(given.isfinite().all().item<bool>());
        using var ranks = distribution.EstimateRankProbability(50, generator);
        Assert.Equal(3, ranks.Value.sum().item<double>(), 12);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var distribution = new PlackettLuce(zeros(3));
        Assert.Equal(0L, Assert.Throws<ArgumentOutOfRangeException>(() => distribution.SampleWithoutReplacement(0, generator)).ActualValue);
        Assert.Equal(1L, Assert.Throws<ArgumentOutOfRangeException>(() => distribution.EstimateEntropy(1, generator)).ActualValue);
        Assert.Equal(7L, Assert.Throws<ArgumentOutOfRangeException>(() => distribution.SampleWithoutReplacement(7, generator)).ActualValue);
        Assert.Throws<ArgumentOutOfRangeException>(() => distribution.EstimateTopKProbability(4, 10, generator));
        Assert.Contains("k in 1…3", Assert.Throws<ArgumentException>(() => distribution.LogProbability(zeros(4, int64))).Message, StringComparison.Ordinal);
        Assert.Contains("2 more than once", Assert.Throws<ArgumentException>(() => distribution.LogProbability(tensor(new long[] { 2, 2 }))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => distribution.ConditionalPerturbedLogits(tensor(new long[] { 2, 0 }), generator));
        Assert.Throws<ArgumentException>(() => distribution.ConditionalPerturbedLogits(tensor(new long[] { 2, 0, 0 }), generator));
        Assert.Throws<ArgumentException>(() => new PlackettLuce(zeros(70_000)).LogProbability(zeros(70_000, int64)));
        Assert.Throws<ArgumentException>(() => new PlackettLuce(zeros(3), zeros(3)));
        Assert.Throws<ArgumentException>(() => new PlackettLuce(zeros(3), ones(4, @bool)));
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        using var generator = new Generator(1);
        using var logits = zeros(2, 4);
        using var mask = tensor(new[] { true, true, true, false });
        TensorLeak.Check(() =>
        {
            foreach (var distribution in new[] { new PlackettLuce(logits), new PlackettLuce(logits, mask) })
            {
                using var orders = distribution.SampleWithoutReplacement(3, generator);
                using var first = orders.narrow(-1, 0, 2);
                using var log = distribution.LogProbability(first);
                using var free = distribution.PerturbedLogits(3, generator);
                using var given = distribution.ConditionalPerturbedLogits(orders, generator);
                using var entropy = distribution.EstimateEntropy(5, generator);
                using var ranks = distribution.EstimateRankProbability(5, generator);
                using var relaxed = distribution.RelaxedSample(5, new NeuralSort(1), generator);
            }
        });
    }

    private static long[] Keys(Tensor orders) =>
        [.. orders.contiguous().data<long>().ToArray().Chunk((int)orders.size(-1)).Select(order => order.Aggregate(0L, (key, item) => (key * 10) + item))];

    private static double ChiSquare(Tensor logProbability, long[] keys, long[] drawn)
    {
        var counts = drawn.CountBy(key => key).ToDictionary();
        Assert.Empty(counts.Keys.Except(keys));
        return keys.Zip(TensorCompare.Numbers(logProbability), (key, log) =>
        {
            var expected = drawn.Length * Math.Exp(log);
            Assert.True(expected > 50);
            return Math.Pow(counts.GetValueOrDefault(key) - expected, 2) / expected;
        }).Sum();
    }
}
