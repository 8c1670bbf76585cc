using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Estimators;

public sealed class ExactEstimatorTests
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden.PlackettLuce.Count)];

    [Theory, MemberData(nameof(Cases))]
    public void Expectation_and_gradient_are_the_golden_ones(int index)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.PlackettLuce[index];
        var table = tensor(golden.Cost.SelectMany(row => row).ToArray(), [golden.Logits.Length, golden.Logits.Length]);
        Func<RelaxedPermutation, Tensor>[] costs =
        [
            p => p.Apply(table.transpose(0, 1)).diagonal(0, -2, -1).sum(-1).Squared(),
            p => table.expand([.. p.Batch, .. table.shape]).gather(-1, p.Order().unsqueeze(-1)).squeeze(-1).sum(-1).Squared(),
        ];
        foreach (var cost in costs)
        {
            var logits = tensor(golden.Logits).requires_grad_();
            var expectation = new ExactEstimator().Surrogate(new PlackettLuce(logits), cost, 1, new Generator(0));
            Compare.Close(golden.Expectation, expectation.item<double>(), 1e-12);
            expectation.backward();
            Compare.Close(golden.GradExpectation, TensorCompare.Numbers(logits.grad!), 1e-11, 1e-12);
        }
    }

    [Fact]
    public void Masked_items_leave_the_expectation_of_the_others()
    {
        using var scope = NewDisposeScope();
        Tensor alone = tensor(new[] { 0.3, -1, 0.7 }).requires_grad_(), padded = tensor(new[] { 0.3, double.NaN, -1, 0.7, 5 }).requires_grad_();
        var mask = tensor(new[] { true, false, true, true, false });
        var generator = new Generator(0);
        // The first place's value, times the second's.
        var expected = new ExactEstimator().Surrogate(new PlackettLuce(alone), p => Product(p, 1, 2, 5), 1, generator);
        var found = new ExactEstimator().Surrogate(new PlackettLuce(padded, mask), p => Product(p, 1, 9, 2, 5, 9), 1, generator);
        TensorCompare.Close(expected, found, 1e-14);
        expected.backward();
        found.backward();
        TensorCompare.Close(alone.grad!, padded.grad!.index_select(0, tensor(new long[] { 0, 2, 3 })), 1e-13);

        static Tensor Product(RelaxedPermutation p, params double[] values)
        {
            var sorted = p.Apply(tensor(values).unsqueeze(-1)).squeeze(-1);
            return sorted.select(-1, 0).mul(sorted.select(-1, 1));
        }
    }

    [Fact]
    public void An_infinite_cost_of_what_cannot_happen_costs_nothing()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new[] { 0.2, 1, 0.7 }).requires_grad_();
        var q = new PlackettLuce(logits, tensor(new[] { true, false, true }));
        var negativeEntropy = new ExactEstimator().Surrogate(q, p => q.LogProbability(p.Order()), 1, new Generator(0));
        TensorCompare.Close(q.Entropy().neg(), negativeEntropy, 1e-12);
        negativeEntropy.backward();
        Assert.True(logits.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void Too_many_items_are_refused() => Assert.Contains("20 items", Assert.Throws<InvalidOperationException>(() =>
    {
        using var logits = zeros(20);
        using var generator = new Generator(0);
        new ExactEstimator().Surrogate(new PlackettLuce(logits), p => p.Row(0).sum(-1), 1, generator);
    }).Message, StringComparison.Ordinal);
}
