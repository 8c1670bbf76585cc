using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Estimators;

public sealed class RelaxEstimatorTests
{
    [Fact]
    public void Second_moment_is_the_mean_squared_length_of_single_gradients()
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(4);
        const int Draws = 100_000;
        var relax = new RelaxEstimator(s => s.tanh().mul(tensor(problem.Weights)).sum(-1));
        using var generator = new Generator(1);
        var (_, squares, _) = problem.Repeat(relax, 1, Draws, generator);
        var measured = squares[1..^1].Sum() / Draws;
        using var rows = problem.Logits(Draws);
        var found = relax.SecondMoment(new PlackettLuce(rows), p => problem.Cost(p, ones(1, float64)), 1, generator);
        Compare.Close(measured, found.item<double>(), 0.03); // two estimates, each with a standard error below half a percent
    }

    [Fact]
    public void Second_moment_has_the_gradient_of_finite_differences_in_the_critic()
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(4);
        using var logits = problem.Logits(2);
        var weights = tensor(new[] { 0.3, -0.5, 0.2, 0.9 });
        GradientCheck.Check(
            w => new RelaxEstimator(s => s.tanh().mul(w[0]).sum(-1)).SecondMoment(new PlackettLuce(logits), p => problem.Cost(p, ones(1, float64)), 3, new Generator(5)),
            1e-8, weights);
    }

    [Fact]
    public void A_critic_that_says_nothing_gives_leave_one_out()
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(5);
        var silent = new RelaxEstimator(s => zeros(s.shape[..^1], float64));
        var expected = problem.Repeat(new ScoreFunctionEstimator(Baseline.LeaveOneOut), 4, 3, new Generator(7)).Sums;
        Compare.Close(expected, problem.Repeat(silent, 4, 3, new Generator(7)).Sums, 1e-12, 1e-13);
        using var logits = problem.Logits(1);
        Assert.True(silent.SecondMoment(new PlackettLuce(logits), p => problem.Cost(p, ones(1, float64)), 4, new Generator(7)).item<double>() > 0);
    }

    [Fact]
    public void Learning_the_critic_takes_variance_away()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(11);
        var problem = new Problem(5);
        var weights = zeros(5, float64, requires_grad: true);
        var relax = new RelaxEstimator(s => s.div(Number(2)).tanh().mul(weights).sum(-1));
        using var logits = problem.Logits(1);
        var optimizer = new Descent(0.05, weights);
        for (var step = 0; step < 200; step++)
        {
            using var inner = NewDisposeScope();
            optimizer.Step(relax.SecondMoment(new PlackettLuce(logits), p => problem.Cost(p, ones(1, float64)), 32, generator));
        }

        Assert.Null(logits.grad);
        weights.grad!.zero_();
        double learned = Variance(relax), leaveOneOut = Variance(new ScoreFunctionEstimator(Baseline.LeaveOneOut));
        Assert.Equal(0, weights.grad!.abs().sum().item<double>()); // Surrogate moved nothing in the critic
        Assert.True(learned < 0.6 * leaveOneOut, $"RELAX {learned}, leave-one-out {leaveOneOut}");

        double Variance(IGradientEstimator estimator)
        {
            var (_, squares, count) = problem.Repeat(estimator, 4, 20_000, generator);
            return (squares[1..^1].Sum() / count) - (problem.Norm * problem.Norm);
        }
    }

    [Fact]
    public void A_critic_of_another_shape_is_refused()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var three = new PlackettLuce(zeros(3, 3));
        foreach (var (critic, cost) in new (Func<Tensor, Tensor>, Func<RelaxedPermutation, Tensor>)[]
        {
            (s => s, p => p.Row(0).sum(-1)),
            (s => s.sum(-1), p => p.Row(0).sum(-1).sum(-1)),
            (s => s.sum(-1).sum(-1), p => p.Row(0).sum(-1)),
        })
            Assert.Contains("[3", Assert.Throws<InvalidOperationException>(() => new RelaxEstimator(critic).Surrogate(three, cost, 3, generator)).Message, StringComparison.Ordinal);
        Assert.Contains("Int64", Assert.Throws<InvalidOperationException>(() => new RelaxEstimator(s => s.argmax(-1)).Surrogate(three, p => p.Row(0).sum(-1), 3, generator)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => new RelaxEstimator(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RebarEstimator(new NeuralSort(1), double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Baseline.MovingAverage(1));
    }

    [Fact]
    public void A_critic_that_cannot_be_differentiated_throws_and_does_not_end_the_process()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        Assert.ThrowsAny<Exception>(() => new RelaxEstimator(s =>
        {
            var h = s.exp();
            h.add_(Number(1), Number(1));
            return h.sum(-1);
        }).SecondMoment(new PlackettLuce(zeros(3)), p => p.Row(0).sum(-1), 2, generator));
    }

    [Fact]
    public void Second_moments_leave_no_tensor_behind()
    {
        using var generator = new Generator(1);
        using var logits = zeros(2, 4, dtype: float64);
        using var weights = ones(4, float64, requires_grad: true);
        var relax = new RelaxEstimator(s => s.tanh().mul(weights).sum(-1));
        TensorLeak.Check(() =>
        {
            using var moment = relax.SecondMoment(new PlackettLuce(logits), p => p.Row(0).select(-1, 0), 3, generator);
            moment.backward();
        });
    }
}
