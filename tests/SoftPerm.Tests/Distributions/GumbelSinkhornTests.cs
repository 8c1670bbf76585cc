using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Distributions;

public sealed class GumbelSinkhornTests
{
    [Theory, InlineData(0), InlineData(1.5), InlineData(-3)]
    public void Two_items_come_in_order_as_often_as_two_logistic_variables_say(double gain)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2024);
        const int draws = 40_000;
        var samples = new GumbelSinkhorn(tensor(new[] { gain + 0.3, 0.4, -0.2, -0.1 }).reshape(2, 2)).Sample(draws, generator);
        Assert.Equal([draws, 2], samples.shape);
        var inOrder = samples.select(-1, 0).eq(Number(0)).sum().item<long>() / (double)draws;
        // Differences of Gumbel variables are logistic: P(L + L' ≤ gain), its density the logistic one convolved with itself.
        double a = Math.Exp(-gain), b = 1 - a, expected = gain == 0 ? 0.5 : 1 / b + a * Math.Log(a) / (b * b);
        // Five standard deviations: a false alarm once in 1.7 million.
        Compare.Close(expected, inOrder, 0, 5 * Math.Sqrt(expected * (1 - expected) / draws));
    }

    [Fact]
    public void Equal_logits_give_every_order_equally_often()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        const int draws = 30_000;
        var samples = new GumbelSinkhorn(zeros(3, 3)).Sample(draws, generator).data<long>().ToArray();
        var counts = samples.Chunk(3).CountBy(order => (order[0], order[1], order[2])).ToDictionary();
        Assert.Equal(6, counts.Count);
        var statistic = counts.Values.Sum(count => Math.Pow(count - draws / 6.0, 2) / (draws / 6.0));
        // Chi-square with 5 degrees of freedom exceeds 40 with probability 1.5e-7.
        Assert.True(statistic < 40, $"chi-square is {statistic}");
    }

    [Fact]
    public void The_order_of_a_relaxed_sample_is_an_exact_sample()
    {
        using var scope = NewDisposeScope();
        var logits = randn([2, 5, 5], dtype: float64, generator: new Generator(2)).requires_grad_();
        var distribution = new GumbelSinkhorn(logits);
        using var one = new Generator(9);
        using var two = new Generator(9);
        var exact = distribution.Sample(6, one);
        using var relaxed = distribution.RelaxedSample(6, new Sinkhorn(1), two).Permutation;
        Assert.Equal([6, 2, 5], exact.shape);
        Assert.Equal([6, 2], relaxed.Batch);
        Assert.Equal(exact.data<long>().ToArray(), relaxed.Order().data<long>().ToArray());
        Assert.False(exact.requires_grad);
        relaxed.Row(0).mul(Indices(5, float64)).sum().backward();
        Assert.True(logits.grad!.abs().sum().item<double>() > 0);
    }

    [Fact]
    public void Relaxed_samples_are_differentiable_in_the_logits()
    {
        using var scope = NewDisposeScope();
        var logits = randn([3, 3], dtype: float64, generator: new Generator(3));
        GradientCheck.Check(t =>
        {
            using var generator = new Generator(4);
            return new GumbelSinkhorn(t[0]).RelaxedSample(2, new Sinkhorn(0.8), generator).Permutation.Matrix();
        }, 1e-8, logits);
    }

    [Fact]
    public void Mode_is_the_best_permutation_and_forbidden_pairs_never_come()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var logits = tensor(new[] { 3, 2.9, 0, 2.8, 1, double.NegativeInfinity, 0, 0, 0.5 }).reshape(3, 3);
        var distribution = new GumbelSinkhorn(logits);
        Assert.Equal(3, distribution.Items);
        Assert.Equal([1, 0, 2], distribution.Mode().data<long>().ToArray());
        Assert.False(distribution.Sample(2000, generator).select(-1, 1).eq(Number(2)).any().item<bool>());
        using var relaxed = distribution.RelaxedSample(3, new Sinkhorn(1), generator).Permutation;
        Assert.Equal([0, 0, 0], TensorCompare.Numbers(relaxed.Matrix().select(-2, 1).select(-1, 2)));
    }

    [Fact]
    public void The_generator_alone_decides()
    {
        using var scope = NewDisposeScope();
        var distribution = new GumbelSinkhorn(zeros(8, 8));
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
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => new GumbelSinkhorn(full(2, 2, Number(double.NaN)))).Message, StringComparison.Ordinal);
        Assert.Contains("[2, 3]", Assert.Throws<ArgumentException>(() => new GumbelSinkhorn(zeros(2, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("allow a permutation", Assert.Throws<ArgumentException>(() => new GumbelSinkhorn(full(2, 2, Number(double.NegativeInfinity)))).Message, StringComparison.Ordinal);
        var distribution = new GumbelSinkhorn(zeros(3, 3));
        Assert.Throws<ArgumentOutOfRangeException>("samples", () => distribution.Sample(0, generator));
        Assert.Throws<ArgumentOutOfRangeException>("samples", () => distribution.RelaxedSample(0, new Sinkhorn(1), generator));
        Assert.Throws<ArgumentNullException>("generator", () => distribution.Sample(1, null!));
        Assert.Throws<ArgumentNullException>("sinkhorn", () => distribution.RelaxedSample(1, null!, generator));
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        using var generator = new Generator(1);
        using var logits = zeros(2, 3, 3).requires_grad_();
        TensorLeak.Check(() =>
        {
            var distribution = new GumbelSinkhorn(logits);
            using var mode = distribution.Mode();
            using var samples = distribution.Sample(4, generator);
            using var relaxed = distribution.RelaxedSample(4, new Sinkhorn(1), generator);
        });
    }

    /// <summary>The pieces of a picture come shuffled and noisy; all that is learned from is how well they rebuild the picture.</summary>
    [Fact]
    public void Fifty_pieces_of_a_puzzle_find_their_places()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(50);
        const int pieces = 50, features = 12;
        var picture = randn([pieces, features], generator: generator);
        var hidden = randperm(pieces, int64, generator: generator); // piece k of the picture lies at hidden[k]
        var shuffled = picture[hidden.argsort()].Plus(randn([pieces, features], generator: generator).mul(Number(0.3)));

        var logits = zeros(pieces, pieces, requires_grad: true);
        var optimizer = new Descent(0.1, logits);
        var sinkhorn = new Sinkhorn(0.5);
        for (var step = 0; step < 100; step++)
        {
            using var perStep = NewDisposeScope();
            using var placed = new GumbelSinkhorn(logits).RelaxedSample(4, sinkhorn, generator).Permutation;
            optimizer.Step(placed.Apply(shuffled).sub(picture).Squared().sum(-1).mean());
        }

        Assert.Equal(hidden.data<long>().ToArray(), new GumbelSinkhorn(logits).Mode().data<long>().ToArray());
    }
}
