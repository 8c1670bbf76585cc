using CsCheck;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>What relaxations are, and what each of them declares, on random scores and temperatures.</summary>
public sealed class PropertyTests
{
    private static readonly Gen<(double[] Scores, double Temperature)> Cases =
        Gen.Select(Gen.Double[-3, 3].Array[1, 16], Gen.Double[-1.5, 1.5].Select(e => Math.Pow(10, e)));

    public static TheoryData<string> All => Variants.All;

    public static TheoryData<string> Orderings => Variants.Orderings;

    public static TheoryData<string> DoublyStochastic => Variants.With(RelaxationProperties.DoublyStochastic);

    public static TheoryData<string> Sorting => Variants.With(RelaxationProperties.ArgmaxSorts);

    public static TheoryData<string> Unimodal => Variants.With(RelaxationProperties.Unimodal);

    public static TheoryData<string> ShiftInvariant => Variants.With(RelaxationProperties.ShiftInvariant);

    public static TheoryData<string> Monotone => Variants.With(RelaxationProperties.MonotoneOutput);

    public static TheoryData<string> Equivariant => Variants.With(RelaxationProperties.PermutationEquivariant);

    public static TheoryData<string> UniformWhenHot => Variants.With(RelaxationProperties.UniformWhenHot);

    [Theory, MemberData(nameof(All))]
    public void Rows_are_distributions(string variant) => ForEach(variant, (matrix, _, scores) =>
    {
        TensorCompare.Close(ones(scores.Length, float64), matrix.sum(-1), 1e-12);
        Assert.True(matrix.ge(Number(0)).all().item<bool>());
    });

    [Theory, MemberData(nameof(DoublyStochastic))]
    public void Columns_are_distributions(string variant) => ForEach(variant, (matrix, _, scores) =>
        TensorCompare.Close(ones(scores.Length, float64), matrix.sum(-2), 1e-12));

    [Theory, MemberData(nameof(Sorting))]
    public void Rows_peak_at_the_sorted_items(string variant) => ForEach(variant, (matrix, permutation, scores) =>
    {
        var order = permutation.Order();
        double[] sorted = [.. order.data<long>().ToArray().Select(item => scores[item])];
        Assert.Equal(scores.OrderDescending(), sorted);
        TensorCompare.Close(matrix.max(-1).values, matrix.gather(-1, order.unsqueeze(-1)).squeeze(-1), 1e-15);
    });

    [Theory, MemberData(nameof(Unimodal))]
    public void Rows_have_one_peak(string variant) => ForEach(variant, (matrix, permutation, scores) =>
    {
        var inOrder = matrix.index_select(-1, permutation.Order());
        for (var place = 0; place < scores.Length; place++)
        {
            var row = TensorCompare.Numbers(inOrder[place]);
            for (var m = 1; m < row.Length; m++)
                Assert.True(m <= place ? row[m] >= row[m - 1] - 1e-15 : row[m] <= row[m - 1] + 1e-15, $"row {place}: {string.Join(' ', row)}");
        }
    });

    [Theory, MemberData(nameof(ShiftInvariant))]
    public void Offsets_cancel(string variant) => Cases.Sample(c =>
    {
        using var scope = NewDisposeScope();
        // Eighths below 8 and an offset of 2^20 are exact in both.
        var scores = tensor([.. c.Scores.Select(s => Math.Round(8 * s) / 8)]);
        var ordering = Variants.Ordering(variant, tensor(c.Temperature, float64));
        TensorCompare.Close(ordering.Rank(scores), ordering.Rank(scores.Plus((1 << 20))), 1e-9, 1e-9);
        TensorCompare.Close(ordering.TopK(scores, 1), ordering.TopK(scores.Plus((1 << 20)), 1), 1e-9, 1e-9);
    });

    [Theory, MemberData(nameof(Equivariant))]
    public void Items_may_come_in_any_order(string variant) => Cases.Sample(c =>
    {
        using var scope = NewDisposeScope();
        var scores = tensor([.. c.Scores.Distinct()]);
        var shuffle = arange(Number(scores.size(0) - 1), Number(-1), Number(-1), int64);
        var ordering = Variants.Ordering(variant, tensor(c.Temperature, float64));
        TensorCompare.Close(ordering.Sort(scores), ordering.Sort(scores.index_select(0, shuffle)), 1e-11, 1e-12);
        TensorCompare.Close(ordering.Rank(scores).index_select(0, shuffle), ordering.Rank(scores.index_select(0, shuffle)), 1e-11, 1e-12);
        if (ordering is not Relaxation relaxation) return;
        using var given = relaxation.Relax(scores);
        using var shuffled = relaxation.Relax(scores.index_select(0, shuffle));
        TensorCompare.Close(given.Matrix().index_select(-1, shuffle), shuffled.Matrix(), 1e-12, 1e-300);
    });

    [Theory, MemberData(nameof(Monotone))]
    public void Softly_sorted_scores_do_not_rise(string variant) => Cases.Sample(c =>
    {
        using var scope = NewDisposeScope();
        var ordering = Variants.Ordering(variant, tensor(c.Temperature, float64));
        var sorted = TensorCompare.Numbers(ordering.Sort(tensor(c.Scores)));
        for (var place = 1; place < sorted.Length; place++) Assert.True(sorted[place] <= sorted[place - 1] + 1e-12, string.Join(' ', sorted));
    });

    [Theory, MemberData(nameof(Orderings))]
    public void The_limit_of_low_temperature_is_the_sort(string variant)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.3, 2.0, -1.0, 0.5 });
        var cold = Variants.Ordering(variant, tensor(1e-5, float64));
        TensorCompare.Close(tensor(new[] { 2.0, 0.5, 0.3, -1 }), cold.Sort(scores), 0, 1e-4);
        TensorCompare.Close(tensor(new[] { 2.0, 0, 3, 1 }), cold.Rank(scores), 0, 1e-4);
        TensorCompare.Close(tensor(new[] { 0.0, 1, 0, 1 }), cold.TopK(scores, 2), 0, 1e-4);
        Assert.Equal(0.4, cold.Quantile(scores, 0.5).item<double>(), 4);
        var ascending = Variants.Ordering(variant, tensor(1e-5, float64), descending: false);
        TensorCompare.Close(tensor(new[] { -1, 0.3, 0.5, 2 }), ascending.Sort(scores), 0, 1e-4);
        TensorCompare.Close(tensor(new[] { 1.0, 3, 0, 2 }), ascending.Rank(scores), 0, 1e-4);
        TensorCompare.Close(tensor(new[] { 1.0, 0, 1, 0 }), ascending.TopK(scores, 2), 0, 1e-4);
        Assert.Equal(-1, ascending.Quantile(scores, 0).item<double>(), 4);
    }

    [Theory, MemberData(nameof(UniformWhenHot))]
    public void The_limit_of_high_temperature_is_uniform(string variant)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.4, 2.0, -1.2 });
        var hot = Variants.Ordering(variant, tensor(1e9, float64));
        TensorCompare.Close(full([3], Number(0.4), float64), hot.Sort(scores), 0, 1e-6);
        TensorCompare.Close(ones(3, float64), hot.Rank(scores), 0, 1e-6);
        TensorCompare.Close(full([3], Number(2 / 3.0), float64), hot.TopK(scores, 2), 0, 1e-6);
    }

    [Theory, MemberData(nameof(All))]
    public void Ascending_sorts_the_negated_scores(string variant)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.5, 3.0, -2.0, 0.7 });
        using var ascending = Variants.Relax(variant, scores, descending: false);
        using var negated = Variants.Relax(variant, scores.neg());
        TensorCompare.Close(negated.Matrix(), ascending.Matrix(), 1e-15);
        Assert.Equal([2, 0, 3, 1], ascending.Order().data<long>().ToArray());
    }

    private static void ForEach(string variant, Action<Tensor, RelaxedPermutation, double[]> check) => Cases.Sample(c =>
    {
        using var scope = NewDisposeScope();
        using var permutation = Variants.Relax(variant, tensor(c.Scores), c.Temperature);
        check(permutation.Matrix(), permutation, c.Scores);
    }, iter: 40);
}
