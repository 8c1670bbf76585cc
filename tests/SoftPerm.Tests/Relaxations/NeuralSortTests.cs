using CsCheck;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

public sealed class NeuralSortTestsInKernels() : NeuralSortTests(twiceDifferentiable: false);

public sealed class NeuralSortTestsInTensorOperations() : NeuralSortTests(twiceDifferentiable: true);

public abstract class NeuralSortTests(bool twiceDifferentiable) : BothWays(twiceDifferentiable)
{
    private static readonly Gen<double[]> Scores = Gen.Double[-5, 5].Array[1, 20];
    private static readonly Gen<double> Temperatures = Gen.Double[-3, 3].Select(e => Math.Pow(10, e));

    [Fact]
    public void Rows_sum_to_one_and_peak_at_the_sorted_item() => Gen.Select(Scores, Temperatures).Sample((scores, temperature) =>
    {
        using var scope = NewDisposeScope();
        using var permutation = Sort(temperature).Relax(tensor(scores));
        var matrix = permutation.Matrix();
        TensorCompare.Close(ones(scores.Length, float64), matrix.sum(-1), 1e-12);
        var largest = matrix.max(-1).values;
        TensorCompare.Close(largest, matrix.gather(-1, permutation.Order().unsqueeze(-1)).squeeze(-1), 0);
    });

    [Fact]
    public void Batches_of_any_shape_follow_the_reference() => Gen.Select(Gen.Double[-5, 5].Array[24], Temperatures).Sample((numbers, temperature) =>
    {
        using var scope = NewDisposeScope();
        using var permutation = Sort(temperature).Relax(tensor(numbers).reshape(2, 3, 4));
        var expected = new double[24 * 4];
        for (var row = 0; row < 6; row++)
            NeuralSortReference.Matrix(numbers.AsSpan(row * 4, 4), temperature, expected.AsSpan(row * 16, 16));
        Compare.Close(expected, TensorCompare.Numbers(permutation.Matrix()), 1e-10, 1e-300);
    });

    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var scores = randn([2, 6], dtype: float64, generator: generator);
        var values = randn([2, 6, 3], dtype: float64, generator: generator);
        var temperature = tensor(new[] { 0.7, 2.0 });
        foreach (var member in Members)
            GradientCheck.Check(t => member(Sort(t[1]).Relax(t[0]), t[2]), 1e-8, scores, temperature, values);
    }

    [Fact]
    public void Temperature_gradient_follows_the_reference()
    {
        using var scope = NewDisposeScope();
        double[] scores = [0.3, -1, 2, 0.3, 1.1], upstream = [.. Enumerable.Range(0, 25).Select(k => Math.Cos(k))];
        var temperature = tensor(0.8, float64).requires_grad_();
        using var permutation = Sort(temperature).Relax(tensor(scores));
        permutation.Matrix().mul(tensor(upstream).reshape(5, 5)).sum().backward();
        Compare.Close(NeuralSortReference.TemperatureGradient(scores, 0.8, upstream), temperature.grad!.item<double>(), 1e-12);
    }

    [Fact]
    public void Tied_scores_have_the_gradient_of_sign_zero() => Gen.Int[0, 3].Array[2, 9].Sample(levels =>
    {
        using var scope = NewDisposeScope();
        double[] scores = [.. levels.Select(l => (double)l)];
        double[] upstream = [.. Enumerable.Range(0, scores.Length * scores.Length).Select(k => Math.Sin(3 * k))];
        var expected = new double[scores.Length];
        NeuralSortReference.ScoreGradient(scores, 1.5, upstream, expected);
        var leaf = tensor(scores).requires_grad_();
        using var permutation = Sort(1.5).Relax(leaf);
        permutation.Matrix().mul(tensor(upstream).reshape(scores.Length, -1)).sum().backward();
        Compare.Close(expected, TensorCompare.Numbers(leaf.grad!), 1e-10, 1e-12);
    });

    [Fact]
    public void Members_agree_with_the_matrix()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var scores = randn([2, 7], dtype: float64, generator: generator);
        var values = randn([7, 2], dtype: float64, generator: generator); // broadcasts over the batch
        using var permutation = Sort(0.9).Relax(scores);
        var matrix = permutation.Matrix();
        TensorCompare.Close(matrix.matmul(values), permutation.Apply(values), 1e-12, 1e-14);
        TensorCompare.Close(matrix.transpose(-1, -2).matmul(values), permutation.ApplyTranspose(values), 1e-12, 1e-14);
        TensorCompare.Close(matrix.narrow(-2, 0, 3).sum(-2), permutation.TopK(3), 1e-12);
        TensorCompare.Close(matrix.select(-2, 4), permutation.Row(4), 1e-12);
        TensorCompare.Close(matrix.log(), permutation.LogMatrix(), 1e-12, 1e-13);
        var order = tensor(new long[] { 6, 0, 1, 5, 2, 3, 4 });
        var picked = matrix.log().gather(-1, order.reshape(1, 7, 1).expand(2, 7, 1)).squeeze(-1);
        TensorCompare.Close(picked.mean([-1]).neg(), permutation.CrossEntropy(order), 1e-12);
    }

    [Theory]
    [InlineData(0.0, 4.0, 4.0), InlineData(1.0, 0.0, 0.0), InlineData(0.5, 2.0, 2.0), InlineData(0.25, 3.0, 3.0), InlineData(0.4, 2.4, 2.4)]
    public void Quantile_interpolates_rows_counted_from_the_smallest(double quantile, double place, double ascendingMirror)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.1, 2.0, -1.0, 0.7, 5.0 });
        using var descending = Sort(0.5).Relax(scores);
        using var ascending = Sort(0.5, descending: false).Relax(scores);
        var low = (long)Math.Floor(place);
        var share = place - low;
        var expected = descending.Row(low).mul(1 - share).add(descending.Row(Math.Min(low + 1, 4)).mul(share));
        TensorCompare.Close(expected, descending.Quantile(quantile), 1e-12, 1e-15);
        var mirrored = 4 - ascendingMirror;
        var first = ascending.Row((long)Math.Floor(mirrored)).mul(1 - (mirrored - Math.Floor(mirrored)));
        var second = ascending.Row(Math.Min((long)Math.Floor(mirrored) + 1, 4)).mul(mirrored - Math.Floor(mirrored));
        TensorCompare.Close(first.add(second), ascending.Quantile(quantile), 1e-9, 1e-12);
    }

    [Fact]
    public void Ascending_sorts_the_negated_scores()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.5, 3.0, -2.0, 0.5 });
        using var ascending = Sort(1.0, descending: false).Relax(scores);
        using var negated = Sort(1.0).Relax(scores.neg());
        TensorCompare.Close(negated.Matrix(), ascending.Matrix(), 0);
        Assert.Equal([2, 0, 3, 1], ascending.Order().data<long>().ToArray());
    }

    [Theory]
    [InlineData(new[] { 1.0, 1.0, 1.0 }, new long[] { 0, 1, 2 })]
    [InlineData(new[] { 1.0, 2.0, 1.0, 2.0, 0.0 }, new long[] { 1, 3, 0, 2, 4 })]
    [InlineData(new[] { 5.0 }, new long[] { 0 })]
    public void Hard_order_is_a_permutation_with_ties_in_input_order(double[] scores, long[] order)
    {
        using var scope = NewDisposeScope();
        using var permutation = Sort(3.0).Relax(tensor(scores));
        Assert.Equal(order, permutation.Order().data<long>().ToArray());
    }

    [Fact]
    public void Offsets_cancel()
    {
        using var scope = NewDisposeScope();
        // Multiples of 1/8 are exact in float32 up to 2^21, so the two batches hold the same differences.
        var scores = tensor(new[] { 0.5f, 0.25f, -0.375f, 1.0f, 0.125f });
        using var near = Sort(0.5).Relax(scores);
        using var far = Sort(0.5).Relax(scores + 1_000_000);
        TensorCompare.Close(near.Matrix(), far.Matrix(), 0);
    }

    [Fact]
    public void Limits_of_temperature_are_the_permutation_and_the_uniform_matrix()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.3, 2.0, -1.0 });
        using var cold = Sort(1e-6).Relax(scores);
        using var hot = Sort(1e9).Relax(scores);
        Assert.Equal([0, 1, 0, 1, 0, 0, 0, 0, 1], TensorCompare.Numbers(cold.Matrix()));
        TensorCompare.Close(full([3, 3], 1 / 3.0, float64), hot.Matrix(), 1e-6);
    }

    [Fact]
    public void Rows_stay_right_in_float32_at_a_hundred_thousand_items()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(11);
        const int items = 100_000;
        const double temperature = 0.05;
        var scores = randn([items], dtype: float32, generator: generator);
        using var permutation = Sort(temperature).Relax(scores);
        var numbers = TensorCompare.Numbers(scores);
        var expected = new double[items];
        foreach (var place in new[] { 0, 1, items / 2, items - 1 })
        {
            NeuralSortReference.Row(numbers, temperature, place, expected);
            // 1e-6 of the row's largest entry: the rounding of exp and of the sum in float32.
            Compare.Close(expected, TensorCompare.Numbers(permutation.Row(place)), 0, 1e-6 * expected.Max());
        }
    }

    [Fact]
    public void Cross_entropy_is_exact_where_the_matrix_underflows()
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.0, 4000.0 }).requires_grad_();
        using var permutation = Sort(1.0).Relax(scores);
        var loss = permutation.CrossEntropy(tensor(new long[] { 0, 1 }));
        Assert.Equal(4000, loss.item<double>(), 9);
        loss.backward();
        Compare.Close([-1, 1], TensorCompare.Numbers(scores.grad!), 1e-12);
    }

    [Fact]
    public void Chunks_of_rows_join_seamlessly()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var scores = randn([2, 2500], dtype: float64, generator: generator); // 12.5 million entries: three chunks of rows
        var values = randn([2, 2500, 1], dtype: float64, generator: generator);
        using var permutation = Sort(0.3).Relax(scores);
        using var _ = no_grad();
        var matrix = permutation.Matrix();
        TensorCompare.Close(matrix.matmul(values), permutation.Apply(values), 1e-9, 1e-12);
        TensorCompare.Close(matrix.transpose(-1, -2).matmul(values), permutation.ApplyTranspose(values), 1e-9, 1e-12);
    }

    [Fact]
    public void No_member_leaves_a_tensor_behind()
    {
        using var values = ones(2, 4, 1);
        using var scores = rand(2, 4);
        using var order = randperm(4);
        TensorLeak.Check(() =>
        {
            using var permutation = Sort(1.0).Relax(scores);
            using var straight = permutation.StraightThrough();
            foreach (var p in new[] { permutation, straight })
            {
                p.Apply(values).Dispose();
                p.ApplyTranspose(values).Dispose();
                p.TopK(2).Dispose();
                p.Row(1).Dispose();
                p.Quantile(0.3).Dispose();
                p.CrossEntropy(order).Dispose();
                p.LogMatrix().Dispose();
                p.Matrix().Dispose();
                p.Order().Dispose();
            }
        });
    }

    private static IEnumerable<Func<RelaxedPermutation, Tensor, Tensor>> Members =>
    [
        (p, x) => p.Apply(x),
        (p, x) => p.ApplyTranspose(x),
        (p, x) => p.TopK(2).add(x.sum(-1).mul(0)),
        (p, x) => p.Row(3).add(x.sum(-1).mul(0)),
        (p, x) => p.Quantile(0.37).add(x.sum(-1).mul(0)),
        (p, x) => p.CrossEntropy(tensor(new long[] { 5, 4, 0, 1, 3, 2 })).add(x.sum([-1, -2]).mul(0)),
        (p, x) => p.LogMatrix().add(x.sum([-1, -2], keepdim: true).mul(0)),
        (p, x) => p.Matrix().add(x.sum([-1, -2], keepdim: true).mul(0)),
    ];
}
