using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>What was relaxed while gradients were off has none in scores or temperature, wherever it is used.</summary>
public sealed class WithoutGradientsTests
{
    public static TheoryData<string> All => Variants.All;

    [Theory, MemberData(nameof(All))]
    public void What_is_relaxed_without_gradients_has_none(string variant)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.3, 2, -1, 0.5, 1, 1, 0, 3 }).reshape(2, 4).requires_grad_();
        var temperature = tensor(0.7, float64).requires_grad_();
        HasNoGradient(() => Variants.Create(variant, temperature).Relax(scores), scores, temperature);
        HasNoGradient(() => Variants.Create(variant, temperature).Relax(scores, tensor(new[] { true, true, false, true })), scores, temperature);
        // A temperature of the batch's own shape and type needs no conversion.
        HasNoGradient(() => Variants.Create(variant, temperature).Relax(scores.select(0, 0)), scores, temperature);
        var each = tensor(new[] { 0.7, 0.8 }).requires_grad_();
        HasNoGradient(() => Variants.Create(variant, each).Relax(scores), scores, each);
    }

    [Fact]
    public void Nor_has_what_sinkhorn_iterations_make()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var logits = randn([2, 4, 4], dtype: float64, generator: generator).requires_grad_();
        HasNoGradient(() => new Sinkhorn(0.7).Normalize(logits).Permutation, logits);
        HasNoGradient(() => RelaxedPermutation.FromRows(logits), logits);
        HasNoGradient(() => new GumbelSinkhorn(logits).RelaxedSample(3, new Sinkhorn(0.7), generator).Permutation, logits);
        HasNoGradient(() => new PlackettLuce(logits).RelaxedSample(3, new NeuralSort(0.7), generator), logits);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Nor_has_the_choice_of_a_real_number(bool twiceDifferentiable)
    {
        using var scope = NewDisposeScope();
        var values = tensor(new[] { 0.3, 2, -1, 0.5 }).requires_grad_();
        Tensor temperature = tensor(0.7, float64).requires_grad_(), k = tensor(1.5, float64).requires_grad_();
        var lapSum = new LapSum(temperature) { TwiceDifferentiable = twiceDifferentiable };
        Tensor chosen;
        using (no_grad()) chosen = lapSum.FractionalTopK(values, k);
        Assert.False(chosen.requires_grad);
    }

    [Theory, MemberData(nameof(All))]
    public void Members_called_without_gradients_give_none(string variant)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.3, 2, -1, 0.5 }).requires_grad_();
        using RelaxedPermutation relaxed = Variants.Relax(variant, scores), rows = RelaxedPermutation.FromRows(scores.unsqueeze(-1).mul(scores.detach()));
        using var _ = no_grad();
        foreach (var permutation in new[] { relaxed, rows })
            Assert.All(Members.With(scores.unsqueeze(-1)), member => Assert.False(member.Act(permutation).requires_grad, member.Name));
    }

    private static void HasNoGradient(Func<RelaxedPermutation> relax, params Tensor[] leaves)
    {
        RelaxedPermutation permutation, attached = relax();
        using (no_grad()) permutation = relax();
        using var straight = permutation.StraightThrough();
        foreach (var (name, act) in Members.WithoutValues)
        {
            Assert.True(act(attached).requires_grad, $"{name} has a gradient where gradients are on");
            Assert.False(act(permutation).requires_grad, $"{name} has a gradient");
            Assert.False(act(straight).requires_grad, $"{name} has a gradient straight through");
        }

        var values = Indices(8, float64).reshape(4, 2).requires_grad_();
        foreach (var member in new Func<Tensor>[] { () => permutation.Apply(values), () => permutation.ApplyTranspose(values), () => straight.Apply(values) })
        {
            var result = member();
            result.sum().backward();
            Assert.True(values.grad!.isfinite().all().item<bool>());
            Assert.True(values.grad.abs().sum().item<double>() > 0);
            values.grad.zero_();
        }

        Assert.All(leaves, leaf => Assert.True(leaf.grad is null, "a leaf got a gradient"));
        attached.Dispose();
        permutation.Dispose();
    }
}
