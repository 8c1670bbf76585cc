using CsCheck;
using SoftPerm.TestKit;
using SoftPerm.TestKit.References;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

public sealed class NeuralSortTestsInKernels() : NeuralSortTests(twiceDifferentiable: false);

public sealed class NeuralSortTestsInTensorOperations() : NeuralSortTests(twiceDifferentiable: true);

/// <summary>What is NeuralSort's own; the conformance suite has the rest.</summary>
public abstract class NeuralSortTests(bool twiceDifferentiable) : BothWays(twiceDifferentiable)
{
    private static readonly Gen<double> Temperatures = Gen.Double[-3, 3].Select(e => Math.Pow(10, e));

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
        var expected = descending.Row(low).mul(Number(1 - share)).Plus(descending.Row(Math.Min(low + 1, 4)).mul(Number(share)));
        TensorCompare.Close(expected, descending.Quantile(quantile), 1e-12, 1e-15);
        var mirrored = 4 - ascendingMirror;
        var first = ascending.Row((long)Math.Floor(mirrored)).mul(Number(1 - (mirrored - Math.Floor(mirrored))));
        var second = ascending.Row(Math.Min((long)Math.Floor(mirrored) + 1, 4)).mul(Number(mirrored - Math.Floor(mirrored)));
        TensorCompare.Close(first.Plus(second), ascending.Quantile(quantile), 1e-9, 1e-12);
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
        using var far = Sort(0.5).Relax(scores.Plus(1_000_000));
        TensorCompare.Close(near.Matrix(), far.Matrix(), 0);
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
}
