using SoftPerm.Benchmarks.Ratios;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Benchmarks.Tests;

public sealed class MethodsTests
{
    private const double Tolerance = 1e-5; // float32 logits of up to 30·|s|, rounded once

    [Fact]
    public void Ours_and_dense_compute_the_same()
    {
        using var scope = NewDisposeScope();
        using var inputs = new Inputs(batch: 4, items: 30);
        Assert.True(Methods.Ours.Forward(inputs.Scores).allclose(Methods.Dense.Forward(inputs.Scores), 0, Tolerance));
        Assert.True(Methods.Ours.Gradient(inputs).allclose(Methods.Dense.Gradient(inputs), Tolerance, 10 * Tolerance));
    }

    [Fact]
    public void Every_method_of_every_case_runs_and_leaves_no_tensor()
    {
        var methods = AllGroups.List.SelectMany(g => g.Cases).SelectMany(c => c.Methods).DistinctBy(m => m.Name).ToArray();
        Assert.True(methods.Length >= 11, $"{methods.Length} methods");
        using var inputs = new Inputs(batch: 1, items: 20);
        foreach (var method in methods) TensorLeak.Check(() => method.Step(inputs));
    }

    [Fact]
    public void Goals_name_methods_of_their_case() => Assert.All(
        from g in AllGroups.List
        from c in g.Cases
        from goal in c.Goals
        select (Case: c, Goal: goal),
        pair => Assert.Subset(pair.Case.Methods.Select(m => m.Name).ToHashSet(), new HashSet<string> { pair.Goal.Numerator, pair.Goal.Denominator }));
}
