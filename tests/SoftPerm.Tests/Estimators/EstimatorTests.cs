using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Estimators;

/// <summary>What all estimators promise, walked through one table.</summary>
public sealed class EstimatorTests
{
    private static readonly NeuralSort Relaxation = new(0.5);

    private static readonly Dictionary<string, Func<IGradientEstimator>> All = new()
    {
        ["exact"] = () => new ExactEstimator(),
        ["score function"] = () => new ScoreFunctionEstimator(),
        ["moving average"] = () => new ScoreFunctionEstimator(Baseline.MovingAverage()),
        ["leave-one-out"] = () => new ScoreFunctionEstimator(Baseline.LeaveOneOut),
        ["unordered set"] = () => new UnorderedSetEstimator(),
        ["rebar"] = () => new RebarEstimator(Relaxation),
        ["relax"] = () => new RelaxEstimator(s => s.sigmoid().select(-1, 0)),
        ["reparameterised"] = () => new ReparameterizedEstimator(Relaxation),
        ["straight-through"] = () => new StraightThroughEstimator(Relaxation),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_batch_row_has_the_value_and_gradient_of_its_own_logits(string name)
    {
        using var scope = NewDisposeScope();
        // Rows far apart: each is all but certain of its order, so that every draw gives the same and no comparison needs luck.
        var logits = tensor(new[] { 0.0, 400, -400, 400, -400, 0 }, [1, 2, 3]).requires_grad_();
        var weights = tensor(new[] { 1.0, 10, 100 }, requires_grad: true);
        var surrogate = All[name]().Surrogate(
            new PlackettLuce(logits), p => p.Apply(arange(Number(1), Number(4), Number(1), float64).unsqueeze(-1)).squeeze(-1).mul(weights).sum(-1), 4, new Generator(1));
        Assert.Equal([1, 2], surrogate.shape);
        Compare.Close([2 + 10 + 300, 1 + 30 + 200], TensorCompare.Numbers(surrogate), 1e-9);
        surrogate.sum().backward();
        Compare.Close([2 + 1, 1 + 3, 3 + 2], TensorCompare.Numbers(weights.grad!), 1e-9);
        Assert.Equal(logits.shape, logits.grad!.shape);
        Assert.True(logits.grad!.isfinite().all().item<bool>());
    }

    [Theory, MemberData(nameof(Names))]
    public void The_generator_alone_decides(string name)
    {
        using var scope = NewDisposeScope();
        var problem = new Problem(4);
        Assert.Equal(Draw(3), Draw(3));
        if (name != "exact") Assert.NotEqual(Draw(3), Draw(4));

        double[] Draw(ulong seed)
        {
            using var generator = new Generator(seed);
            return problem.Repeat(All[name](), 4, 2, generator).Sums;
        }
    }

    [Theory, MemberData(nameof(Names))]
    public void A_cost_of_the_hard_order_works_or_is_refused(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var logits = zeros(3, float64).requires_grad_();
        var estimator = All[name]();
        if (estimator.NeedsDifferentiableCost)
        {
            Assert.Contains("hard order", Assert.Throws<ArgumentException>(Run).Message, StringComparison.Ordinal);
        }
        else
        {
            Run();
            Assert.True(logits.grad!.isfinite().all().item<bool>());
        }

        void Run() => estimator.Surrogate(new PlackettLuce(logits), p => p.Order().select(-1, 0).to(float64), 3, generator).backward();
    }

    [Theory, MemberData(nameof(Names))]
    public void Masked_items_change_nothing(string name)
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 0.0, double.NaN, 400, -400, double.NaN }).requires_grad_();
        var mask = tensor(new[] { true, false, true, true, false });
        var values = tensor(new[] { 1.0, double.NaN, 2, 3, double.NaN }).unsqueeze(-1);
        var estimator = name == "relax" ? new RelaxEstimator(s => s.sigmoid().sum(-1)) : All[name]();
        var surrogate = estimator.Surrogate(
            new PlackettLuce(logits, mask), p => p.Row(0).mul(values.squeeze(-1).nan_to_num(0)).sum(-1), 3, new Generator(1));
        Compare.Close(2, surrogate.item<double>(), 1e-9);
        surrogate.backward();
        Assert.Equal([0, 0], TensorCompare.Numbers(logits.grad!.index_select(0, tensor(new long[] { 1, 4 }))));
        Assert.True(logits.grad!.isfinite().all().item<bool>());
    }

    [Theory, MemberData(nameof(Names))]
    public void Bad_input_is_named(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var distribution = new PlackettLuce(zeros(2, 3));
        var estimator = All[name]();
        Func<RelaxedPermutation, Tensor> right = p => p.Row(0).sum(-1);
        Assert.Throws<ArgumentNullException>(() => estimator.Surrogate(null!, right, 3, generator));
        Assert.Throws<ArgumentNullException>(() => estimator.Surrogate(distribution, null!, 3, generator));
        Assert.Throws<ArgumentNullException>(() => estimator.Surrogate(distribution, right, 3, null!));
        Assert.Equal(0L, Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Surrogate(distribution, right, 0, generator)).ActualValue);
        Assert.Equal(estimator.LeastSamples - 1, Assert.Throws<ArgumentOutOfRangeException>(() => estimator.Surrogate(distribution, right, estimator.LeastSamples - 1, generator)).ActualValue);
        var wrong = Assert.Throws<ArgumentException>(() => estimator.Surrogate(distribution, p => p.Row(0), 3, generator));
        Assert.Contains("2, 3]", wrong.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => estimator.Surrogate(distribution, p => p.Row(0).sum(), 3, generator));
        Assert.Throws<ArgumentException>(() => estimator.Surrogate(distribution, p => p.Order().select(-1, 0), 3, generator));
    }

    [Theory, MemberData(nameof(Names))]
    public void Nothing_is_left_behind(string name)
    {
        using var generator = new Generator(1);
        using var logits = zeros(2, 4, requires_grad: true);
        using var mask = tensor(new[] { true, true, true, false });
        var estimator = All[name]();
        TensorLeak.Check(() =>
        {
            foreach (var distribution in new[] { new PlackettLuce(logits), new PlackettLuce(logits, mask) })
            {
                using var surrogate = estimator.Surrogate(distribution, p => p.Row(0).select(-1, 0), 4, generator);
                using var sum = surrogate.sum();
                sum.backward();
            }
        });
    }

    [Fact]
    public void A_relaxation_that_sorts_ascending_is_refused()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var ascending = new NeuralSort(1, descending: false);
        foreach (var estimator in new IGradientEstimator[] { new ReparameterizedEstimator(ascending), new StraightThroughEstimator(ascending), new RebarEstimator(ascending) })
            Assert.Contains("ascending", Assert.Throws<ArgumentException>(() => estimator.Surrogate(new PlackettLuce(zeros(3)), p => p.Row(0).sum(-1), 2, generator)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_share_a_cost_are_drawn_together()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        // f = 1 where both rows begin with their first item: E f = 1/4, and the gradient in either row is that of its share, halved.
        var logits = zeros(2, 2, dtype: float64).requires_grad_();
        Func<RelaxedPermutation, Tensor> cost = p => p.Order().select(-1, 0).eq(Number(0)).all(-1).to(float64);
        var surrogate = new ScoreFunctionEstimator(Baseline.LeaveOneOut).Surrogate(new PlackettLuce(logits), cost, 200_000, generator);
        Assert.Empty(surrogate.shape);
        Compare.Close(0.25, surrogate.item<double>(), 0, 0.006); // six standard errors
        surrogate.backward();
        Compare.Close([0.125, -0.125, 0.125, -0.125], TensorCompare.Numbers(logits.grad!), 0, 0.004);
        Assert.Throws<InvalidOperationException>(() => new ExactEstimator().Surrogate(new PlackettLuce(logits), cost, 2, generator));
        Assert.Throws<InvalidOperationException>(() => new UnorderedSetEstimator().Surrogate(new PlackettLuce(logits), cost, 2, generator));
    }

    [Fact]
    public void An_order_in_the_middle_of_a_network_trains_both_its_ends()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(4);
        using var scorer = nn.Linear(2, 1);
        using var reader = nn.Linear(3, 1);
        var items = randn(5, 3, 2, generator: generator);
        var logits = scorer.forward(items).squeeze(-1);
        var loss = new ScoreFunctionEstimator(Baseline.LeaveOneOut).Surrogate(
            new PlackettLuce(logits), p => reader.forward(p.Apply(items.narrow(-1, 0, 1)).squeeze(-1)).Squared().squeeze(-1), 4, generator);
        loss.mean().backward();
        Assert.All(scorer.parameters().Concat(reader.parameters()).Where(p => p.dim() > 1), p => Assert.True(p.grad!.abs().sum().item<float>() > 0));
    }
}
