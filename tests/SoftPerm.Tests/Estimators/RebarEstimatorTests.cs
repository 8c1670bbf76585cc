using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Estimators;

public sealed class RebarEstimatorTests
{
    [Theory]
    [InlineData(0.2)]
    [InlineData(1)]
    [InlineData(5)]
    public void Tuning_finds_the_scale_of_least_variance(double temperature)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var problem = new Problem(5);
        using var logits = problem.Logits(1);
        var plain = new RebarEstimator(new NeuralSort(temperature));
        var tuned = plain.Tuned(new PlackettLuce(logits), p => problem.Cost(p, ones(1, float64)), 20_000, generator);
        Assert.Null(logits.grad);
        double best = Variance(tuned.Scale), leaveOneOut = Variance(0);
        Assert.True(best < leaveOneOut, $"{best} at {tuned.Scale}, {leaveOneOut} without");
        // A fifth more or less is worse, by more than the noise of these measurements with common random numbers.
        Assert.True(best < Variance(1.2 * tuned.Scale) && best < Variance(0.8 * tuned.Scale), $"not least at {tuned.Scale}");

        double Variance(double scale)
        {
            using var same = new Generator(4);
            var (_, squares, count) = problem.Repeat(new RebarEstimator(new NeuralSort(temperature), scale), 64, 3_000, same);
            return (squares[1..^1].Sum() / count) - (problem.Norm * problem.Norm);
        }
    }

    [Fact]
    public void A_scale_of_nothing_is_leave_one_out()
    {
        var problem = new Problem(4);
        using var one = new Generator(5);
        using var two = new Generator(5);
        Assert.Equal(
            problem.Repeat(new ScoreFunctionEstimator(Baseline.LeaveOneOut), 3, 2, one).Sums.Select(x => Math.Round(x, 10)),
            problem.Repeat(new RebarEstimator(new NeuralSort(1), 0), 3, 2, two).Sums.Select(x => Math.Round(x, 10)));
    }

    [Fact]
    public void A_cost_that_jumps_or_stands_still_is_refused()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var q = new PlackettLuce(zeros(3, float64).requires_grad_());
        var rebar = new RebarEstimator(new NeuralSort(0.5));
        Assert.Contains("reads the order", Assert.Throws<ArgumentException>(() => rebar.Surrogate(q, p => q.LogProbability(p.Order()).Plus(p.Row(0).select(-1, 0)), 2, generator)).Message, StringComparison.Ordinal);
        Assert.Contains("not differentiable", Assert.Throws<ArgumentException>(() => rebar.Surrogate(q, p => p.TopK(2).gt(Number(0.5)).to(float64).select(-1, 0), 2, generator)).Message, StringComparison.Ordinal);
        Assert.Contains("not finite", Assert.Throws<ArgumentException>(() => rebar.Tuned(q, p => p.Row(0).select(-1, 0).log(), 20, generator)).Message, StringComparison.Ordinal);
    }
}
