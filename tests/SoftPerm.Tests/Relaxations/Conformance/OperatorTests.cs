using CsCheck;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>Every member of every relaxation against its own matrix, and its gradients against finite differences.</summary>
public sealed class OperatorTests
{
    private static readonly Dictionary<string, Func<RelaxedPermutation, Tensor, Tensor>> Members = new()
    {
        ["Apply"] = (p, x) => p.Apply(x),
        ["ApplyTranspose"] = (p, x) => p.ApplyTranspose(x),
        ["TopK"] = (p, _) => p.TopK(2),
        ["Row"] = (p, _) => p.Row(3),
        ["Quantile"] = (p, _) => p.Quantile(0.37),
        ["CrossEntropy"] = (p, _) => p.CrossEntropy(tensor(new long[] { 5, 4, 0, 1, 3, 2 })),
        ["LogMatrix"] = (p, _) => p.LogMatrix(),
        ["Matrix"] = (p, _) => p.Matrix(),
    };

    public static TheoryData<string> All => Variants.All;

    public static MatrixTheoryData<string, string> Differentiable => new(Variants.All.Select(v => v.Data), Members.Keys);

    [Theory, MemberData(nameof(All))]
    public void Members_agree_with_the_matrix(string variant) =>
        Gen.Select(Gen.Double[-2, 2].Array[14], Gen.Double[-1, 1].Select(e => Math.Pow(10, e))).Sample((numbers, temperature) =>
        {
            using var scope = NewDisposeScope();
            var scores = tensor(numbers).reshape(2, 7);
            var values = Indices(14, float64).cos().reshape(7, 2); // broadcasts over the batch
            using var permutation = Variants.Relax(variant, scores, temperature);
            var matrix = permutation.Matrix();
            TensorCompare.Close(matrix.matmul(values), permutation.Apply(values), 1e-11, 1e-13);
            TensorCompare.Close(matrix.transpose(-1, -2).matmul(values), permutation.ApplyTranspose(values), 1e-11, 1e-13);
            TensorCompare.Close(matrix.narrow(-2, 0, 3).sum(-2), permutation.TopK(3), 1e-11, 1e-13);
            TensorCompare.Close(matrix.select(-2, 4), permutation.Row(4), 1e-11, 1e-13);
            TensorCompare.Close(matrix.select(-2, 3), permutation.Quantile(0.5), 1e-11, 1e-13);
            TensorCompare.Close(matrix, permutation.LogMatrix().exp(), 1e-12, 1e-300);
            var order = tensor(new long[] { 6, 0, 1, 5, 2, 3, 4 });
            var picked = permutation.LogMatrix().gather(-1, order.reshape(1, 7, 1).expand(2, 7, 1)).squeeze(-1);
            TensorCompare.Close(picked.mean([-1]).neg(), permutation.CrossEntropy(order), 1e-11);
        }, iter: 30);

    [Theory, MemberData(nameof(Differentiable))]
    public void Gradients_agree_with_finite_differences(string variant, string member)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var scores = randn([2, 6], dtype: float64, generator: generator);
        var values = randn([2, 6, 3], dtype: float64, generator: generator);
        var temperature = tensor(new[] { 0.7, 2.0 });
        GradientCheck.Check(
            t => Members[member](Variants.Create(variant, t[1]).Relax(t[0]), t[2]).Plus(t[2].sum().mul(Number(0))), 1e-8, scores, temperature, values);
    }

    [Theory, MemberData(nameof(All))]
    public void Batches_are_sequences_side_by_side(string variant)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var scores = randn([3, 40, 5], dtype: float64, generator: generator);
        var values = randn([3, 40, 5, 2], dtype: float64, generator: generator);
        using var whole = Variants.Relax(variant, scores);
        var applied = whole.Apply(values);
        foreach (var (a, b) in new[] { (0, 0), (1, 17), (2, 39) })
        {
            using var one = Variants.Relax(variant, scores[a, b]);
            TensorCompare.Close(one.Apply(values[a, b]), applied[a, b], 1e-12);
        }
    }

    [Theory, MemberData(nameof(All))]
    public void Float32_follows_float64(string variant)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(9);
        var (one, two) = (randn([300], generator: generator).requires_grad_(), randn([300, 2], generator: generator));
        var wide = one.detach().to(float64).requires_grad_();
        using var narrow = Variants.Relax(variant, one, 0.3);
        using var reference = Variants.Relax(variant, wide, 0.3);
        Tensor found = narrow.Apply(two), expected = reference.Apply(two.to(float64));
        TensorCompare.Close(expected, found.to(float64), 0, 2e-5);
        found.Squared().sum().backward();
        expected.Squared().sum().backward();
        TensorCompare.Close(wide.grad!, one.grad!.to(float64), 0, 2e-5 * wide.grad!.abs().max().item<double>());
    }

    [Theory, MemberData(nameof(All))]
    public void No_member_leaves_a_tensor_behind(string variant)
    {
        using var values = ones(2, 6, 1).requires_grad_();
        using var scores = rand(2, 6).requires_grad_();
        using var temperature = tensor(1.0, float64).requires_grad_();
        TensorLeak.Check(() =>
        {
            using var permutation = Variants.Create(variant, temperature).Relax(scores);
            using var straight = permutation.StraightThrough();
            foreach (var p in new[] { permutation, straight })
            {
                using var scope = NewDisposeScope();
                foreach (var member in Members.Values) member(p, values);
                p.Order();
            }
        });
    }
}
