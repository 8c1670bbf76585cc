using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>A NaN makes every result of its own row NaN, whatever stands beside it, and no result of another row.</summary>
public sealed class NotANumberTests
{
    private const double Infinity = double.PositiveInfinity;

    // The rows with a NaN come first; of each, the last item is absent where there is a mask.
    private static readonly double[][] Spoiled =
    [
        [double.NaN, Infinity, 3, 1, 0], [Infinity, double.NaN, -Infinity, 1, 0], [double.NaN, -Infinity, -Infinity, 2, 0],
        [double.NaN, double.NaN, double.NaN, double.NaN, 0], [1, 2, 3, double.NaN, Infinity],
    ];

    private static readonly double[][] Sound = [[2, 0.5, 1, 3, 0], [2, Infinity, 1, -Infinity, 0], [1, 1, 2, 0, double.NaN]];

    public static TheoryData<string> Orderings => Variants.Orderings;

    [Theory, MemberData(nameof(Orderings))]
    public void Every_result_of_the_row_is_not_a_number(string variant)
    {
        foreach (var descending in new[] { true, false })
            foreach (var masked in new[] { false, true })
                foreach (var type in new[] { float64, float32 })
                {
                    using var scope = NewDisposeScope();
                    var (scores, mask, present) = Batch(masked, type);
                    CheckAll(Variants.Ordering(variant, tensor(0.7, float64), descending), scores, mask, present);
                }
    }

    [Theory, MemberData(nameof(Orderings))]
    public void No_gradient_leaves_the_row(string variant)
    {
        using var scope = NewDisposeScope();
        var (scores, mask, _) = Batch(masked: true, float64);
        var ordering = Variants.Ordering(variant, tensor(0.7, float64));
        (string, Func<Tensor, Tensor>)[] results =
        [
            ("Sort", x => ordering.Sort(x, mask)), ("Rank", x => ordering.Rank(x, mask)), ("TopK", x => ordering.TopK(x, 2, mask)),
            ("Quantile", x => ordering.Quantile(x, 0.3, mask)),
        ];
        foreach (var (name, result) in results)
        {
            var leaf = scores.detach().clone().requires_grad_();
            result(leaf).sum().backward();
            var others = leaf.grad!.narrow(0, Spoiled.Length, Sound.Length);
            Assert.True(others.isfinite().all().item<bool>(), $"{name}: {string.Join(' ', TensorCompare.Numbers(others))}");
        }
    }

    public static TheoryData<string> Catalog => [.. RelaxationCatalog.All.Select(known => known.Name)];

    [Theory, MemberData(nameof(Catalog))]
    public void In_one_line_it_is_the_same(string name)
    {
        using var scope = NewDisposeScope();
        foreach (var mode in Enum.GetValues<SoftMode>())
            foreach (var descending in new[] { true, false })
            {
                var options = new SoftCase { Relaxation = RelaxationCatalog.Of(name), Mode = mode, Descending = descending };
                var values = tensor(new[] { double.NaN, Infinity, 3 });
                List<Tensor> results =
                [
                    options.TopK(values, 1).Membership, options.TopK(values, 1).Values, options.Sort(values), options.Rank(values),
                options.Quantile(values, 0.3), options.Min(values), options.Max(values),
            ];
                if (options.Relaxation.Properties.HasFlag(RelaxationProperties.Matrix) && mode != SoftMode.Hard) results.Add(options.ArgSort(values));
                Assert.All(results, result => Assert.True(result.isnan().all().item<bool>(), $"{mode}: {string.Join(' ', TensorCompare.Numbers(result))}"));
            }
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Nor_has_the_row_a_choice_of_a_real_number(bool twiceDifferentiable)
    {
        foreach (var masked in new[] { false, true })
        {
            using var scope = NewDisposeScope();
            var (scores, mask, present) = Batch(masked, float64);
            Check("TopK", new LapSum(0.7) { TwiceDifferentiable = twiceDifferentiable }.FractionalTopK(scores, tensor(1.5, float64), mask), present);
            if (masked) Assert.Equal(0, new LapSum(0.7) { TwiceDifferentiable = twiceDifferentiable }.FractionalTopK(scores, tensor(1.5, float64), mask)[0][4].item<double>());
        }
    }

    private static void CheckAll(SoftOrdering ordering, Tensor scores, Tensor? mask, bool[][] present)
    {
        Check("Sort", ordering.Sort(scores, mask), null); // by place: there are as many as items
        Check("Rank", ordering.Rank(scores, mask), present);
        foreach (var k in new long[] { 1, 2, 4 }) Check($"TopK {k}", ordering.TopK(scores, k, mask), present);
        foreach (var quantile in new[] { 0, 0.3, 0.5, 1 }) Check($"Quantile {quantile}", ordering.Quantile(scores, quantile, mask).unsqueeze(-1), null);
        if (ordering is not Relaxation relaxation) return;
        using var permutation = relaxation.Relax(scores, mask);
        var values = ones(5, 1, scores.dtype);
        foreach (var place in new long[] { 0, 1, 2, 3 }) Check($"Row {place}", permutation.Row(place), present);
        Check("Quantile", permutation.Quantile(0.4), present);
        Check("Apply", permutation.Apply(values).squeeze(-1), null);
        Check("ApplyTranspose", permutation.ApplyTranspose(values).squeeze(-1), present);
        Check("CrossEntropy", permutation.CrossEntropy(permutation.Order()).unsqueeze(-1), null);
        Check("Matrix", permutation.Matrix().sum(-2), present);
        Check("LogMatrix", permutation.LogMatrix().exp().sum(-2), present);
    }

    private static (Tensor Scores, Tensor? Mask, bool[][] Present) Batch(bool masked, ScalarType type)
    {
        double[][] rows = [.. Spoiled, .. masked ? Sound : Sound[..2]];
        var scores = tensor([.. rows.SelectMany(row => row)]).reshape(rows.Length, 5).to(type);
        if (!masked) return (scores, null, [.. rows.Select(row => row.Select(_ => true).ToArray())]);
        return (scores, tensor(new[] { true, true, true, true, false }), [.. rows.Select(_ => new[] { true, true, true, true, false })]);
    }

    private static void Check(string name, Tensor result, bool[][]? present)
    {
        var rows = (int)result.size(0);
        for (var row = 0; row < rows; row++)
        {
            var numbers = TensorCompare.Numbers(result[row]);
            var counted = numbers.Where((_, item) => numbers.Length == 1 || (present is null ? item < 4 : present[row][item]));
            var isSpoiled = row < Spoiled.Length;
            Assert.True(counted.All(number => double.IsNaN(number) == isSpoiled), $"{name} of row {row}: {string.Join(' ', numbers)}");
        }
    }
}
