using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Distributions;

/// <summary>What float32 logits have in common costs the noise added to them nothing.</summary>
public sealed class OffsetTests
{
    private const float Offset = 1e8f;
    private const int Draws = 6_000;

    [Fact]
    public void Matchings_of_large_equal_logits_are_all_alike()
    {
        using var scope = NewDisposeScope();
        using Generator one = new(7), two = new(7);
        AreAlike(new GumbelSinkhorn(full(3, 3, Number(Offset))).Sample(Draws, one));
        using var relaxed = new GumbelSinkhorn(full(3, 3, Number(Offset))).RelaxedSample(Draws, new Sinkhorn(1), two).Permutation;
        AreAlike(relaxed.Order());
    }

    [Fact]
    public void So_are_orders()
    {
        using var scope = NewDisposeScope();
        using Generator one = new(7), two = new(7), three = new(7);
        var distribution = new PlackettLuce(full(3, Number(Offset)));
        AreAlike(distribution.Sample(Draws, one));
        using var relaxed = distribution.RelaxedSample(Draws, new NeuralSort(1), two);
        AreAlike(relaxed.Order());
        // Neither does an absent item near 0 take part, nor one far away keep the others from it.
        using var masked = new PlackettLuce(tensor(new[] { 0, Offset, Offset, Offset }), tensor(new[] { false, true, true, true })).RelaxedSample(Draws, new NeuralSort(1), three);
        AreAlike(masked.Order().narrow(-1, 0, 3).sub(Number(1)));
        using var beside = new PlackettLuce(tensor(new[] { Offset, 0, 0, 0 })).RelaxedSample(Draws, new NeuralSort(1), three);
        AreAlike(beside.Order().narrow(-1, 1, 3).sub(Number(1)));
    }

    [Theory, InlineData(1e16), InlineData(1e18), InlineData(1e30), InlineData(-1e299)]
    public void So_are_orders_of_float64_logits(double offset)
    {
        using var scope = NewDisposeScope();
        using Generator one = new(7), two = new(7), three = new(7), four = new(7);
        var distribution = new PlackettLuce(full(3, Number(offset), float64));
        AreAlike(distribution.Sample(Draws, one));
        using var relaxed = distribution.RelaxedSample(Draws, new NeuralSort(1), two);
        AreAlike(relaxed.Order());
        // No offset brings both of two groups near 0; an absent item takes no part.
        var groups = new PlackettLuce(tensor(new[] { 0, offset, offset, offset, 0.0 }), tensor(new[] { true, true, true, true, false }));
        AreAlike(groups.Sample(Draws, three).narrow(-1, offset > 0 ? 0 : 1, 3).sub(Number(1)));
        Assert.True(groups.Sample(Draws, four).select(-1, 4).eq(Number(4)).all().item<bool>());
    }

    [Fact]
    public void Logits_too_large_to_be_told_apart_are_refused()
    {
        using var scope = NewDisposeScope();
        Assert.Contains("1E+299", Assert.Throws<ArgumentException>(() => new PlackettLuce(tensor(new[] { 5e307, 0 }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Relaxed_samples_are_those_without_the_offset()
    {
        using var scope = NewDisposeScope();
        var near = randn([4, 4], generator: new Generator(1)).mul(Number(3)).round().mul(Number(8)); // exact beside the offset
        // Noise beside 1e8 has steps of 1.5e-8 in float64; the rest is rounding to float32.
        TensorCompare.Close(Relax(near).Matrix(), Relax(near.Plus(Offset)).Matrix(), 0, 1e-5);
        TensorCompare.Close(Pairs(near).Matrix(), Pairs(near.Plus(Offset)).Matrix(), 0, 1e-5);

        static RelaxedPermutation Relax(Tensor logits) => new PlackettLuce(logits).RelaxedSample(20, new NeuralSort(1), new Generator(3));

        static RelaxedPermutation Pairs(Tensor logits) => new GumbelSinkhorn(logits).RelaxedSample(20, new Sinkhorn(1), new Generator(3)).Permutation;
    }

    [Fact]
    public void Control_variates_are_those_without_the_offset()
    {
        using var scope = NewDisposeScope();
        var rebar = new RebarEstimator(new NeuralSort(1));
        Tensor near = zeros(4).requires_grad_(), far = full(4, Number(Offset)).requires_grad_();
        foreach (var logits in new[] { near, far })
            rebar.Surrogate(new PlackettLuce(logits), p => p.Apply(Indices(4, float32).unsqueeze(-1)).squeeze(-1).mul(Indices(4, float32)).sum(-1), 50, new Generator(5)).backward();
        TensorCompare.Close(near.grad!, far.grad!, 1e-4, 1e-4);
    }

    private static void AreAlike(Tensor orders)
    {
        var counts = orders.contiguous().data<long>().ToArray().Chunk(3).CountBy(order => (order[0], order[1], order[2])).ToDictionary();
        var statistic = counts.Values.Sum(count => Math.Pow(count - Draws / 6.0, 2) / (Draws / 6.0)) + (6 - counts.Count) * Draws / 6.0;
        // Chi-square with 5 degrees of freedom exceeds 40 with probability 1.5e-7.
        Assert.True(statistic < 40, $"chi-square is {statistic}");
    }
}
