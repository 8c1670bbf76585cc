using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>float16 and bfloat16: the results of float32 for the same numbers, rounded once, and gradients in the type.</summary>
public sealed class HalfTypeTests
{
    private static readonly ScalarType[] Types = [ScalarType.Float16, ScalarType.BFloat16];

    private static readonly Dictionary<string, Func<Tensor, SoftOrdering, Tensor?, Tensor>> OfValues = new()
    {
        ["Sort"] = (x, how, mask) => Soft.Sort(x, how, 0, mask),
        ["Rank"] = (x, how, mask) => Soft.Rank(x, how, 0, mask),
        ["ArgSort"] = (x, how, mask) => how.Properties.HasFlag(RelaxationProperties.Matrix) ? Soft.ArgSort(x, how, 0, mask) : Soft.Rank(x, how, 0, mask), // it has no soft argsort
        ["Membership"] = (x, how, mask) => Soft.TopK(x, 2, how, 0, mask).Membership,
        ["Values"] = (x, how, mask) => Soft.TopK(x, 2, how, 0, mask).Values,
        ["Quantile"] = (x, how, mask) => Soft.Quantile(x, 0.3, how, 0, mask),
        ["Median"] = (x, how, mask) => Soft.Median(x, how, 0, mask),
        ["Min"] = (x, how, mask) => Soft.Min(x, how, 0, mask),
        ["Max"] = (x, how, mask) => Soft.Max(x, how, 0, mask),
        ["Spearman"] = (x, how, mask) => how.Properties.HasFlag(RelaxationProperties.PermutationEquivariant)
            ? RankLoss.Spearman(x, x.detach().cos(), how, 0, mask)
            : Soft.Rank(x, how, 0, mask), // it has no Spearman
        ["member Sort"] = (x, how, mask) => how.Sort(x, mask),
        ["member Rank"] = (x, how, mask) => how.Rank(x, mask),
        ["member TopK"] = (x, how, mask) => how.TopK(x, 2, mask),
        ["member Quantile"] = (x, how, mask) => how.Quantile(x, 0.4, mask),
    };

    private static readonly Dictionary<string, Func<Tensor, Tensor?, Tensor>> OfPredictions = new()
    {
        ["Kendall"] = (x, mask) => RankLoss.Kendall(x, x.detach().cos(), 0.5, mask: mask),
        ["Kendall, scale-free"] = (x, mask) => RankLoss.Kendall(x, x.detach().cos(), mask: mask),
        ["SomersD"] = (x, mask) => RankLoss.SomersD(x, x.detach().cos(), 0.5, mask: mask),
        ["SpearmanOfRanks"] = (x, mask) => RankLoss.SpearmanOfRanks(x, x.detach().cos(), mask: mask),
        ["Spearman"] = (x, mask) => RankLoss.Spearman(x, x.detach().cos(), mask: mask),
        ["Spearman, ascending"] = (x, mask) => RankLoss.Spearman(x, x.detach().cos(), new ScaleFree(descending: false), mask: mask),
    };

    public static MatrixTheoryData<string, ScalarType> EveryOrdering => new(Variants.Orderings.Select(v => v.Data), Types);

    public static MatrixTheoryData<string, ScalarType> EveryMatrix => new(Variants.All.Select(v => v.Data), Types);

    public static MatrixTheoryData<string, ScalarType> EveryLoss => new(OfPredictions.Keys, Types);

    [Theory, MemberData(nameof(EveryOrdering))]
    public void Members_of_orderings_round_the_results_of_float32(string variant, ScalarType type)
    {
        foreach (var (name, member) in OfValues)
        {
            using var scope = NewDisposeScope();
            var soft = Variants.Ordering(variant, 0.7);
            foreach (var how in new[] { soft, soft.StraightThrough() })
            {
                Rounds($"{name} of {how.GetType().Name}", type, (x, mask) => member(x, how, mask));
            }
        }
    }

    [Theory, InlineData(ScalarType.Float16), InlineData(ScalarType.BFloat16)]
    public void So_do_those_without_a_temperature(ScalarType type)
    {
        foreach (var (name, member) in OfValues)
            foreach (var how in new SoftOrdering[] { new ExactSort(), new ScaleFree(), new ScaleFree(LapSum.Known, descending: false) })
                Rounds($"{name} of {how.GetType().Name}", type, (x, mask) => member(x, how, mask), hasGradient: how is not ExactSort);
    }

    [Theory, MemberData(nameof(EveryMatrix))]
    public void Members_of_permutations_round_the_results_of_float32(string variant, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var values = Indices(8, float32).cos().reshape(4, 2).to(type);
        foreach (var straight in new[] { false, true })
        {
            for (var k = 0; k < Members.With(values).Count(); k++)
            {
                Rounds($"{Members.With(values).ElementAt(k).Name}, straight through: {straight}", type, (x, mask) =>
                {
                    var permutation = Variants.Create(variant, 0.7).Relax(x, mask);
                    Assert.Equal(x.dtype, permutation.ElementType);
                    if (straight) permutation = permutation.StraightThrough();
                    return Members.With(values.to(x.dtype)).ElementAt(k).Act(permutation);
                });
            }
        }

        using var narrow = Variants.Relax(variant, Rows(type));
        using var wide = Variants.Relax(variant, Rows(type).to(float32));
        TensorCompare.Close(wide.Order(), narrow.Order(), 0);
        var given = values.clone().requires_grad_();
        narrow.Apply(given).sum().backward();
        Assert.Equal(type, given.grad!.dtype);
        Assert.Contains("Float32", Assert.Throws<ArgumentException>(() => narrow.Apply(values.to(float32))).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(EveryLoss))]
    public void Losses_round_the_results_of_float32(string loss, ScalarType type) => Rounds(loss, type, OfPredictions[loss]);

    [Theory, InlineData(ScalarType.Float16), InlineData(ScalarType.BFloat16)]
    public void A_learned_temperature_gets_the_gradient_that_it_has_with_float32(ScalarType type)
    {
        using var scope = NewDisposeScope();
        Tensor Gradient(Tensor x)
        {
            var temperature = new LearnedTemperature(0.7);
            new NeuralSort(temperature).Rank(x).mul(Upstream(x.shape).to(x.dtype)).sum().backward();
            return temperature.parameters().Single().grad!;
        }

        var ordinary = Rows(type).narrow(0, 0, 2);
        TensorCompare.Close(Gradient(ordinary.to(float32)), Gradient(ordinary), 1e-6);
    }

    [Theory, InlineData(ScalarType.Float16), InlineData(ScalarType.BFloat16)]
    public void Distributions_and_matrices_of_logits_refuse_them_by_name(ScalarType type)
    {
        using var scope = NewDisposeScope();
        foreach (var refused in new Action[]
        {
            () => _ = new PlackettLuce(ones([3], type)),
            () => _ = new GumbelSinkhorn(ones([3, 3], type)),
            () => new Sinkhorn(1).Normalize(ones([3, 3], type)),
            () => RelaxedPermutation.FromRows(ones([3, 3], type)),
        })
        {
            var error = Assert.Throws<ArgumentException>(refused);
            Assert.Equal("logits", error.ParamName);
            Assert.Contains($"float32 or float64; it is {type}", error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Ordinary rows, equal values, infinities, NaN, and the smallest and largest numbers, all exact in both types; under masks and without.</summary>
    private static void Rounds(string what, ScalarType type, Func<Tensor, Tensor?, Tensor> compute, bool hasGradient = true)
    {
        using var scope = NewDisposeScope();
        var masks = new Tensor?[] { null, Rows(type).to(float32).cos().gt(Number(0)) };
        foreach (var mask in masks)
        {
            Tensor narrow = Rows(type).requires_grad_(), wide = narrow.detach().to(float32).requires_grad_();
            Tensor found = compute(narrow, mask), expected = compute(wide, mask);
            Assert.Equal(type, found.dtype);
            Equal(expected.to(type), found, $"{what} as {type}");
            if (!hasGradient && !expected.requires_grad) continue;
            found.mul(Upstream(found.shape).to(type)).sum().backward();
            expected.mul(Upstream(found.shape)).sum().backward();
            Assert.Equal(type, narrow.grad!.dtype);
            Equal(wide.grad!.to(type), narrow.grad!, $"the gradient of {what} as {type}");
        }
    }

    private static Tensor Rows(ScalarType type)
    {
        const float Infinity = float.PositiveInfinity;
        return tensor(new[]
        {
            0.25f, 2, -1, 0.75f,
            1, 1, 0.5f, 1,
            Infinity, 0.5f, -Infinity, 3,
            Infinity, Infinity, -1, 2,
            float.NaN, 0.5f, 1, 2,
            57344, -57344, 6.103515625e-5f, 0,
        }).reshape(6, 4).to(type);
    }

    /// <summary>Numbers that are the same in every type, no two alike.</summary>
    private static Tensor Upstream(long[] shape) => Indices(shape.Aggregate(1L, (a, b) => a * b), float32).Plus(1).div(Number(64)).to(bfloat16).to(float32).reshape(shape);

    private static void Equal(Tensor expected, Tensor found, string what)
    {
        Assert.Equal(expected.shape, found.shape);
        double[] wanted = TensorCompare.Numbers(expected), numbers = TensorCompare.Numbers(found);
        for (var k = 0; k < wanted.Length; k++) Assert.True(wanted[k].Equals(numbers[k]) || wanted[k] == numbers[k], $"{what}: {numbers[k]} in place of {wanted[k]} at {k}");
    }
}
