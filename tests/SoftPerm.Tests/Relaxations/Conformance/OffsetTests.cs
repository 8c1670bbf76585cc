using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>Offsets so large that only differences of the values are exact.</summary>
public sealed class OffsetTests
{
    private static readonly Dictionary<string, Func<SoftOrdering, Tensor, Tensor>> Members = new()
    {
        ["Rank"] = (ordering, x) => ordering.Rank(x),
        ["TopK"] = (ordering, x) => ordering.TopK(x, 2),
        ["Sort"] = (ordering, x) => ordering.Sort(x),
        ["Quantile"] = (ordering, x) => ordering.Quantile(x, 0.4),
    };

    private static readonly double[] Numbers = [1024, 0, 2048, 512, 1536, -512];

    public static MatrixTheoryData<string, string, bool> All => new(Variants.Orderings.Select(row => row.Data), Members.Keys, [true, false]);

    [Theory, MemberData(nameof(All))]
    public void Results_and_gradients_are_those_without_the_offset(string variant, string member, bool descending)
    {
        using var scope = NewDisposeScope();
        // Multiples of what float64 at 1.7e18, or float32 at 4e9, can tell apart.
        foreach (var (type, offset, unit) in new[] { (float64, 1.7e18, 256), (float64, -1.7e18, 256), (float32, 4294967296.0, 512) })
        {
            var ordering = Variants.Ordering(variant, tensor(member is "Sort" or "Quantile" && Variants.Known(variant).SortsByInverseTemperature ? 1e-3 : 700, float64), descending);
            Tensor near = tensor(Numbers, type).requires_grad_(), far = (tensor(Numbers).Plus(offset)).to(type).requires_grad_();
            Tensor expected = Members[member](ordering, near), found = Members[member](ordering, far);
            var isValue = member is "Sort" or "Quantile";
            TensorCompare.Close(expected.to(float64).Plus((isValue ? offset : 0)), found.to(float64), 0, isValue ? unit : type == float32 ? 1e-5 : 1e-9);
            Weigh(expected).backward();
            Weigh(found).backward();
            TensorCompare.Close(near.grad!, far.grad!, 1e-4, isValue ? 1e-5 : 1e-8);
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public void Without_a_temperature_ranks_and_losses_are_those_without_the_offset(bool descending)
    {
        using var scope = NewDisposeScope();
        Tensor near = tensor(Numbers), far = near.Plus(1.7e18), target = tensor(new[] { 1.0, 2, 3, 4, 5, 6 });
        foreach (var relaxation in RelaxationCatalog.All)
        {
            var how = new SoftCase { Relaxation = relaxation, Descending = descending };
            TensorCompare.Close(how.Rank(near), how.Rank(far), 0, 1e-9);
            TensorCompare.Close(how.TopK(near, 2).Membership, how.TopK(far, 2).Membership, 0, 1e-9);
            if (!relaxation.Properties.HasFlag(RelaxationProperties.PermutationEquivariant)) continue; // refused
            TensorCompare.Close(how.Spearman(near, target), how.Spearman(far, target), 0, 1e-9);
        }

        TensorCompare.Close(RankLoss.Kendall(near, target), RankLoss.Kendall(far, target), 0, 1e-12);
    }

    private static Tensor Weigh(Tensor result) => result.dim() == 0 ? result : result.mul(arange(Number(1), Number(1 + result.size(0)), Number(1), result.dtype).Squared()).sum();

    /// <summary>A marker of NaN that passed gradients in and out of every score lost those of scores beyond 1e16.</summary>
    [Theory, MemberData(nameof(Variants.All), MemberType = typeof(Variants))]
    public void Gradients_of_scores_of_any_size_are_those_of_small_ones(string variant)
    {
        Assert.SkipUnless(Variants.Known(variant).Properties.HasFlag(RelaxationProperties.ScaleEquivariant), "It has a scale of its own.");
        using var scope = NewDisposeScope();
        Tensor Gradient(double size)
        {
            var scores = tensor(new[] { 0.3, -1.2, 2.0, 0.9 }).mul(Number(size)).requires_grad_();
            var unit = Variants.Known(variant).TemperatureUnit == "s²" ? size * size : size;
            using var permutation = Variants.Relax(variant, scores, unit);
            permutation.TopK(2).mul(tensor(new[] { 1.0, 2, 3, 4 })).sum().backward();
            return scores.grad!.mul(Number(size));
        }

        var small = Gradient(1);
        foreach (var size in new[] { 1e-60, 1e20, 1e60 }) TensorCompare.Close(small, Gradient(size), 1e-9, 1e-9);
    }
}
