using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>Gradients at ties do not depend on the order in which equal scores are given.</summary>
public sealed class TieGradientTests
{
    private static readonly double[][] Cases =
        [[1, 1], [1, 1, 1, 1], [0.3, 2, 2, -1, 0.3], [0, 1, 0, 1, 0, 2.5, 1], [3, 3, 3, 0.25, 0.5, 0.5, 0.75, 0.75, -1, -1, -1]];

    public static TheoryData<string> Equivariant => Variants.With(RelaxationProperties.PermutationEquivariant);

    [Theory, MemberData(nameof(Equivariant))]
    public void Gradients_follow_the_items(string variant)
    {
        foreach (var scores in Cases)
        {
            int n = scores.Length;
            long[] turned = [.. Enumerable.Range(0, n).Select(i => (long)(n - 1 - i))], mixed = [.. Enumerable.Range(0, n).Select(i => (long)(3 * i % n)).Distinct().Concat(Enumerable.Range(0, n).Select(i => (long)i)).Distinct()];
            foreach (var shuffle in new[] { turned, mixed })
                foreach (var temperature in new[] { 0.2, 1.5, 30 })
                    foreach (var (name, act) in Results(variant, n))
                    {
                        var expected = Gradient(variant, scores, temperature, [.. Enumerable.Range(0, n).Select(i => (long)i)], act);
                        var found = Gradient(variant, scores, temperature, shuffle, act);
                        double[] followed = [.. shuffle.Select(item => expected[item])];
                        var scale = expected.Max(Math.Abs);
                        for (var i = 0; i < n; i++)
                            Assert.True(Math.Abs(followed[i] - found[i]) <= 1e-9 * scale + 1e-14, $"{name} of {string.Join(' ', scores)} at {temperature}: {string.Join(' ', followed)} and {string.Join(' ', found)}");
                    }
        }
    }

    /// <summary>The gradient of a result of scores given in some order, by item of that order.</summary>
    private static double[] Gradient(string variant, double[] scores, double temperature, long[] shuffle, Func<SoftOrdering, Tensor, Tensor, Tensor> act)
    {
        using var scope = NewDisposeScope();
        var items = tensor(shuffle);
        var leaf = tensor(scores).index_select(0, items).detach().requires_grad_();
        act(Variants.Ordering(variant, tensor(temperature, float64)), leaf, items).backward();
        return TensorCompare.Numbers(leaf.grad!);
    }

    /// <summary>Losses that weigh results by item as the items say, and by place as the places do.</summary>
    private static IEnumerable<(string Name, Func<SoftOrdering, Tensor, Tensor, Tensor> Act)> Results(string variant, int n)
    {
        Tensor Weights(Tensor of) => of.mul(Number(7)).Plus(1).sin();
        var places = Weights(Indices(n, float64));
        Func<Tensor, Tensor> byItem = items => Weights(items.to(float64).Plus(0.5));
        // A projection sorts cold values exactly, and each place is then the value's of one item: which one goes by the input order.
        var hasMatrix = Variants.Known(variant).Properties.HasFlag(RelaxationProperties.Matrix);
        if (hasMatrix) yield return ("Sort", (ordering, x, _) => ordering.Sort(x).mul(places).sum());
        if (hasMatrix) yield return ("Quantile", (ordering, x, _) => ordering.Quantile(x, 0.3));
        yield return ("Rank", (ordering, x, items) => ordering.Rank(x).mul(byItem(items)).sum());
        yield return ("TopK", (ordering, x, items) => ordering.TopK(x, 1).mul(byItem(items)).sum());
        if (!hasMatrix) yield break;
        yield return ("Apply", (ordering, x, items) => Relax(ordering, x).Apply(byItem(items).unsqueeze(-1)).squeeze(-1).mul(places).sum());
        yield return ("ApplyTranspose", (ordering, x, items) => Relax(ordering, x).ApplyTranspose(places.unsqueeze(-1)).squeeze(-1).mul(byItem(items)).sum());
        yield return ("Row", (ordering, x, items) => Relax(ordering, x).Row(n / 2).mul(byItem(items)).sum());
        yield return ("Matrix", (ordering, x, items) => Relax(ordering, x).Matrix().mul(places.unsqueeze(-1).mul(Number(3)).Plus(byItem(items)).cos()).sum());
        yield return ("LogMatrix", (ordering, x, items) => Relax(ordering, x).LogMatrix().mul(places.unsqueeze(-1).mul(Number(3)).Plus(byItem(items)).cos()).sum());
        // The same items are wanted at the same places, wherever they are given.
        yield return ("CrossEntropy", (ordering, x, items) => Relax(ordering, x).CrossEntropy(items.argsort()));
    }

    private static RelaxedPermutation Relax(SoftOrdering ordering, Tensor scores) => ((Relaxation)ordering).Relax(scores);
}
