using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Distributions;

public sealed class PlackettLuceTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden.PlackettLuce.Count)];

    [Theory, MemberData(nameof(Cases))]
    public void Log_probabilities_and_their_gradients_agree_with_enumeration(int index)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.PlackettLuce[index];
        var logits = tensor(golden.Logits).requires_grad_();
        var orders = tensor(golden.Orders.SelectMany(o => o).Select(i => (long)i).ToArray()).reshape(golden.Orders.Length, -1);
        var found = new PlackettLuce(logits).LogProbability(orders);
        Compare.Close(golden.LogProb, TensorCompare.Numbers(found), 1e-12, 1e-13);
        Assert.Equal(1, found.exp().sum().item<double>(), 12);
        for (var k = 0; k < golden.Orders.Length; k++)
        {
            logits.grad?.zero_();
            new PlackettLuce(logits).LogProbability(orders[k]).backward();
            Compare.Close(golden.GradLogProb[k], TensorCompare.Numbers(logits.grad!), 1e-10, 1e-12);
        }
    }

    [Fact]
    public void Samples_come_as_often_as_their_probability_says()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2024);
        var golden = Golden.PlackettLuce[3]; // 4 items, 24 orders
        const int draws = 50_000;
        var distribution = new PlackettLuce(tensor(golden.Logits));
        var samples = distribution.Sample(draws, generator);
        Assert.Equal([draws, 4], samples.shape);
        var counts = new Dictionary<string, int>();
        foreach (var order in samples.data<long>().ToArray().Chunk(4))
        {
            var key = string.Join(',', order);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }

        var statistic = golden.Orders.Zip(golden.LogProb, (order, log) =>
        {
            var expected = draws * Math.Exp(log);
            var difference = counts.GetValueOrDefault(string.Join(',', order)) - expected;
            return difference * difference / expected;
        }).Sum();
        // Chi-square with 23 degrees of freedom exceeds 70 with probability 1e-6.
        Assert.True(statistic < 70, $"chi-square is {statistic}");
    }

    [Fact]
    public void The_order_of_a_relaxed_sample_is_an_exact_sample()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 0.5f, -1f, 2f }).requires_grad_();
        var distribution = new PlackettLuce(logits);
        using var one = new Generator(9);
        using var two = new Generator(9);
        var exact = distribution.Sample(6, one);
        using var relaxed = distribution.RelaxedSample(6, new NeuralSort(1.0), two);
        Assert.Equal(exact.data<long>().ToArray(), relaxed.Order().data<long>().ToArray());
        Assert.Equal([6, 3, 1], relaxed.Apply(ones(3, 1)).shape);
        relaxed.Row(0).mul(Indices(3, float32)).sum().backward();
        Assert.True(logits.grad!.abs().sum().item<float>() > 0);
    }

    [Fact]
    public void Mode_sorts_the_logits_and_batches_keep_their_axes()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var distribution = new PlackettLuce(tensor(new[] { 0.5, -1, 2, 3, 3, 1 }).reshape(2, 3));
        Assert.Equal([2, 0, 1, 0, 1, 2], distribution.Mode().data<long>().ToArray());
        var samples = distribution.Sample(5, generator);
        Assert.Equal([5, 2, 3], samples.shape);
        Assert.Equal([5, 2], distribution.LogProbability(samples).shape);
    }

    [Fact]
    public void Logits_far_apart_stay_finite()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 1e4, 0, -1e4, 500 }).requires_grad_();
        var likely = new PlackettLuce(logits).LogProbability(tensor(new long[] { 0, 3, 1, 2 }));
        Assert.Equal(0, likely.item<double>(), 12);
        var unlikely = new PlackettLuce(logits).LogProbability(tensor(new long[] { 2, 1, 3, 0 }));
        Compare.Close(-(2e4 + 1e4 + (1e4 - 500)), unlikely.item<double>(), 1e-12);
        unlikely.backward();
        Compare.Close([-3, 1, 1, 1], TensorCompare.Numbers(logits.grad!), 1e-9, 1e-9);
    }

    [Fact]
    public void The_generator_alone_decides()
    {
        using var scope = NewDisposeScope();
        var distribution = new PlackettLuce(zeros(10));
        long[] Draw(ulong seed)
        {
            using var generator = new Generator(seed);
            return distribution.Sample(3, generator).data<long>().ToArray();
        }

        Assert.Equal(Draw(5), Draw(5));
        Assert.NotEqual(Draw(5), Draw(6));
    }

    [Fact]
    public void Bad_input_is_named()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => new PlackettLuce(tensor(new[] { 1, double.NaN }))).Message, StringComparison.Ordinal);
        var distribution = new PlackettLuce(zeros(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => distribution.Sample(0, generator));
        Assert.Throws<ArgumentException>(() => distribution.LogProbability(tensor(new long[] { 0, 0, 1 })));
        Assert.Throws<ArgumentOutOfRangeException>(() => distribution.LogProbability(tensor(new long[] { 0, 1, 3 })));
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        using var generator = new Generator(1);
        using var logits = zeros(2, 3);
        TensorLeak.Check(() =>
        {
            var distribution = new PlackettLuce(logits);
            using var mode = distribution.Mode();
            using var samples = distribution.Sample(4, generator);
            using var log = distribution.LogProbability(samples);
            using var relaxed = distribution.RelaxedSample(4, new NeuralSort(1.0), generator);
        });
    }
}
