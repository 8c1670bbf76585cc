using SoftPerm.Paper.Studies;
using SoftPerm.TestKit;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Studies;

public sealed class PlaceProblemStudyTests
{
    [Theory]
    [InlineData(2), InlineData(5), InlineData(8)]
    public void Both_judges_give_the_same_gradient(int items)
    {
        var problem = PlaceProblem.Drawn(items, seed: 3);
        Compare.Close(problem.ExactGradient(), problem.PairwiseGradient(), 1e-11, 1e-13); // sums of n! terms in float64
    }

    [Fact]
    public void The_judge_beyond_enumeration_agrees_with_many_samples()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        var problem = PlaceProblem.Drawn(12, seed: 3);
        var moments = new GradientMoments(problem.ExactGradient());
        var rows = problem.Rows(20_000);
        new ScoreFunctionEstimator(Baseline.LeaveOneOut).Surrogate(new PlackettLuce(rows), problem.Cost, 8, generator).sum().backward();
        moments.Add(rows.grad!);
        var figures = moments.Figures();
        Assert.True(Math.Abs(figures.BiasSquared) <= 5 * figures.BiasSquaredError && figures.BiasSquaredError < 1e-3, figures.ToString());
    }

    [Fact]
    public void The_cost_is_0_at_the_target_and_1_on_average()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var problem = PlaceProblem.Separated(9, seed: 3);
        using var exact = new NeuralSort(1e-3).Relax(problem.Rows(1).detach());
        Compare.Close(0, problem.Cost(exact).item<double>(), 0, 1e-12);
        var mean = new ScoreFunctionEstimator().Surrogate(new PlackettLuce(zeros(9, float64).requires_grad_()), problem.Cost, 20_000, generator);
        Compare.Close(1, mean.item<double>(), 0.02); // the standard error is below 0.003
    }

    [Fact]
    public void Bias_and_variance_of_known_noise_are_found()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(6);
        var moments = new GradientMoments([3, 4]); // ‖g‖² = 25
        var noise = randn([100_000, 2], float64, generator: generator).mul(tensor(new[] { 1.0, 2.0 }));
        foreach (var part in noise.Plus(tensor(new[] { 3.5, 4.0 })).chunk(4)) moments.Add(part);
        var figures = moments.Figures();
        Compare.Close(5 / 25.0, figures.Variance, 0.03);
        Compare.Close(5.25 / 25, figures.MeanSquaredError, 0.03);
        Assert.True(Math.Abs(figures.BiasSquared - 0.01) <= 5 * figures.BiasSquaredError, figures.ToString());
        Compare.Close(2 * 0.5 / Math.Sqrt(100_000) / 25, figures.BiasSquaredError, 0.1); // 4 bᵀΣb/R with b = (½, 0), the other term is small
        Assert.True(figures.IsBiasSeen);
    }
}
