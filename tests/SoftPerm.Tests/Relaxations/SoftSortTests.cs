using CsCheck;
using SoftPerm.TestKit;
using SoftPerm.TestKit.References;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

public sealed class SoftSortTestsInKernels() : SoftSortTests(twiceDifferentiable: false);

public sealed class SoftSortTestsInTensorOperations() : SoftSortTests(twiceDifferentiable: true);

/// <summary>What is SoftSort's own; the conformance suite has the rest.</summary>
public abstract class SoftSortTests(bool twiceDifferentiable)
{
    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden.SoftSort.Count)];

    [Theory, MemberData(nameof(Cases))]
    public void Values_and_gradients_agree_with_the_oracle(int index)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.SoftSort[index];
        var scores = tensor(golden.Scores).requires_grad_();
        var values = Matrix(golden.Values).requires_grad_();
        using var permutation = Sort(golden.Temperature, golden.Power).Relax(scores);
        var applied = permutation.Apply(values);
        TensorCompare.Close(Matrix(golden.Applied), applied, 1e-9, 1e-12);
        applied.mul(Matrix(golden.Upstream)).sum().backward();
        TensorCompare.Close(tensor(golden.GradScores), scores.grad!, 1e-9, 1e-11);
        TensorCompare.Close(Matrix(golden.GradValues), values.grad!, 1e-9, 1e-12);
        if (golden.Matrix is { } matrix) TensorCompare.Close(Matrix(matrix), permutation.Matrix(), 1e-9, 1e-300);
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Equal_scores_have_no_slope_between_them(int power) => Gen.Int[0, 3].Array[2, 9].Sample(levels =>
    {
        using var scope = NewDisposeScope();
        double[] scores = [.. levels.Select(l => (double)l)], weights = [.. scores.Select((_, k) => Math.Cos(k))];
        var upstream = tensor([.. scores.Select((_, k) => Math.Sin(3 * k))]).unsqueeze(-1);
        var values = tensor(weights).unsqueeze(-1);
        var leaf = tensor(scores).requires_grad_();
        using var permutation = Sort(1.5, power).Relax(leaf);
        permutation.Apply(values).mul(upstream).sum().backward();
        var expected = SoftSortReference.Gradient(scores, 1.5, power, TensorCompare.Numbers(upstream.matmul(values.transpose(0, 1))));
        Compare.Close(expected, TensorCompare.Numbers(leaf.grad!), 1e-10, 1e-12);
    }, iter: 30);

    [Theory, InlineData(1), InlineData(2)]
    public void Cross_entropy_is_exact_where_the_matrix_underflows(int power)
    {
        using var scope = NewDisposeScope();
        var scores = tensor(new[] { 0.0, 40.0 }).requires_grad_();
        using var permutation = Sort(0.01, power).Relax(scores);
        var loss = permutation.CrossEntropy(tensor(new long[] { 0, 1 }));
        Assert.Equal(Math.Pow(40, power) / 0.01, loss.item<double>(), 6);
        loss.backward();
        var slope = power * Math.Pow(40, power - 1) / 0.01;
        Compare.Close([-slope, slope], TensorCompare.Numbers(scores.grad!), 1e-9);
    }

    [Theory, InlineData(1, 1e-3), InlineData(1, 0.1), InlineData(1, 10.0), InlineData(2, 1e-6), InlineData(2, 1e-3), InlineData(2, 0.1), InlineData(2, 100.0)]
    public void Long_sequences_follow_the_reference(int power, double temperature)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var items = twiceDifferentiable ? 200 : 1500;
        // Clusters on many scales, so that boxes are full, sparse and empty.
        var scores = randn([items], dtype: float64, generator: generator).pow(Number(3)).requires_grad_();
        var values = randn([items, 1], dtype: float64, generator: generator).requires_grad_();
        var upstream = randn([items, 1], dtype: float64, generator: generator);
        using var permutation = Sort(temperature, power).Relax(scores);
        var applied = permutation.Apply(values);
        applied.mul(upstream).sum().backward();
        var numbers = TensorCompare.Numbers(scores);
        var matrix = tensor(SoftSortReference.Matrix(numbers, temperature, power)).reshape(items, items);
        // The reference's differences of scores have errors of 1e-16 of the scores, which the temperature magnifies.
        TensorCompare.Close(matrix.matmul(values), applied, 1e-9, 1e-12);
        TensorCompare.Close(matrix.transpose(0, 1).matmul(upstream), values.grad!, 1e-9, 1e-12);
        var expected = tensor(SoftSortReference.Gradient(
            numbers, temperature, power, TensorCompare.Numbers(upstream.matmul(values.detach().transpose(0, 1)))));
        TensorCompare.Close(expected, scores.grad!, 1e-9, 1e-12 * expected.abs().max().item<double>());
    }

    [Fact]
    public void Powers_are_one_and_two()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new SoftSort(1) { Power = 3 });
        Assert.Contains("1 or 2", error.Message, StringComparison.Ordinal);
    }

    private SoftSort Sort(double temperature, int power) => new(temperature) { Power = power, TwiceDifferentiable = twiceDifferentiable };

    private static Tensor Matrix(double[][] rows) => tensor([.. rows.SelectMany(r => r)]).reshape(rows.Length, -1);
}
