using SoftPerm.Estimators;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Estimators;

/// <summary>Every estimator that claims to be unbiased, against the exact gradient, in every coordinate.</summary>
public sealed class UnbiasednessTests
{
    // A z-score beyond this has probability below 2 φ(z)/z = 6e-7 where the estimate is right.
    private const double Limit = 5;

    private static readonly int[] Lengths = [4, 5];

    // The repetitions make standard errors of about a thousandth of the gradient's length, so that 1% is seen in each coordinate.
    private static readonly Dictionary<string, (Func<Problem, IGradientEstimator> Create, long Samples, long Repetitions)> Estimators = new()
    {
        ["score function"] = (_ => new ScoreFunctionEstimator(), 2, 400_000),
        ["moving average"] = (_ => new ScoreFunctionEstimator(Baseline.MovingAverage(0.5)), 2, 400_000),
        ["leave-one-out"] = (_ => new ScoreFunctionEstimator(Baseline.LeaveOneOut), 3, 300_000),
        ["unordered set"] = (_ => new UnorderedSetEstimator(), 3, 300_000),
        ["rebar"] = (_ => new RebarEstimator(new NeuralSort(1), 0.7), 1, 300_000),
        ["rebar, two samples"] = (_ => new RebarEstimator(new NeuralSort(1), 0.7), 2, 200_000),
        ["relax"] = (problem => new RelaxEstimator(s => s.div(Number(2)).tanh().mul(tensor(problem.Weights)).sum(-1).mul(Number(-1.5))), 1, 400_000),
        ["relax, two samples"] = (problem => new RelaxEstimator(s => s.div(Number(2)).tanh().mul(tensor(problem.Weights)).sum(-1).mul(Number(-1.5))), 2, 200_000),
    };

    public static TheoryData<string, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int>();
            foreach (var name in Estimators.Keys)
                foreach (var items in Lengths) cases.Add(name, items);
            return cases;
        }
    }

    [Fact]
    public void The_chance_that_any_right_estimator_fails_is_below_a_ten_thousandth()
    {
        var scores = Estimators.Count * Lengths.Sum(items => items + 2);
        Assert.True(scores * 2 * Math.Exp(-Limit * Limit / 2) / (Limit * Math.Sqrt(2 * Math.PI)) < 1e-4);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Value_and_gradients_agree_with_enumeration_and_one_percent_of_bias_would_not(string name, int items)
    {
        var problem = new Problem(items);
        var (create, samples, repetitions) = Estimators[name];
        var (means, errors) = Mean(problem, create(problem), samples, repetitions);
        for (var k = 0; k < means.Length; k++)
        {
            var difference = means[k] - problem.Exact[k];
            Assert.True(Math.Abs(difference) <= Limit * errors[k], $"coordinate {k}: {means[k]} against {problem.Exact[k]}, standard error {errors[k]}");
            if (k == 0 || k > items) continue;
            var planted = Math.Abs(difference + (0.01 * problem.Norm));
            Assert.True(planted > Limit * errors[k], $"coordinate {k}: a bias of 1% would pass, with a standard error of {errors[k] / problem.Norm} of the gradient");
        }
    }

    [Fact]
    public void A_biased_estimator_is_seen()
    {
        var problem = new Problem(4);
        var (means, errors) = Mean(problem, new Biased(0.01 * problem.Norm), 2, 400_000);
        Assert.True(Math.Abs(means[1] - problem.Exact[1]) > Limit * errors[1]);
    }

    /// <summary>Leave-one-out with a little too much of the first logit's gradient.</summary>
    private sealed class Biased(double bias) : IGradientEstimator
    {
        private readonly ScoreFunctionEstimator right = new(Baseline.LeaveOneOut);

        public bool IsUnbiased => true;

        public bool NeedsDifferentiableCost => false;

        public long LeastSamples => 2;

        public Tensor Surrogate(PlackettLuce distribution, Func<RelaxedPermutation, Tensor> cost, long samples, Generator generator) =>
            right.Surrogate(distribution, cost, samples, generator).WithGradientOf(distribution.Logits.select(-1, 0).mul(Number(bias)));
    }

    private static (double[] Means, double[] StandardErrors) Mean(Problem problem, IGradientEstimator estimator, long samples, long repetitions)
    {
        Assert.True(estimator.IsUnbiased);
        using var generator = new Generator(20261123);
        problem.Repeat(estimator, samples, 100, generator); // gives the moving average its past
        const long AtOnce = 100_000;
        var parts = Enumerable.Range(0, (int)(repetitions / AtOnce)).Select(_ => problem.Repeat(estimator, samples, AtOnce, generator)).ToArray();
        double count = parts.Sum(p => p.Count);
        double[] means = [.. Sum(p => p.Sums).Select(s => s / count)];
        return (means, [.. Sum(p => p.Squares).Zip(means, (s, mean) => Math.Sqrt(((s / count) - (mean * mean)) / count))]);

        IEnumerable<double> Sum(Func<(double[] Sums, double[] Squares, long Count), double[]> part) =>
            Enumerable.Range(0, problem.Exact.Length).Select(k => parts.Sum(p => part(p)[k]));
    }
}
