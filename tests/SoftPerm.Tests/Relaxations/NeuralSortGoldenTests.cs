using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations;

/// <summary>The tensor path against the independent oracle, in both element types.</summary>
public sealed class NeuralSortGoldenTestsInKernels() : NeuralSortGoldenTests(twiceDifferentiable: false);

public sealed class NeuralSortGoldenTestsInTensorOperations() : NeuralSortGoldenTests(twiceDifferentiable: true);

public abstract class NeuralSortGoldenTests(bool twiceDifferentiable) : BothWays(twiceDifferentiable)
{
    public static TheoryData<int, ScalarType> Cases()
    {
        var data = new TheoryData<int, ScalarType>();
        for (var k = 0; k < Golden.NeuralSort.Count; k++)
        {
            data.Add(k, ScalarType.Float64);
            data.Add(k, ScalarType.Float32);
        }

        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public void Values_and_gradients_agree(int index, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var golden = Case(index, type);
        var tolerance = type == ScalarType.Float64 ? 1e-9 : 1e-4;
        var scores = Leaf(golden.Scores, type);
        var values = Leaf(Flat(golden.Values), type, golden.Scores.Length);
        using var permutation = Sort(golden.Temperature).Relax(scores);

        var applied = permutation.Apply(values);
        Close(Flat(golden.Applied), applied, tolerance);
        applied.mul(Constant(golden.Upstream, type)).sum().backward();
        Close(golden.GradScores, scores.grad!, tolerance);
        Close(Flat(golden.GradValues), values.grad!, tolerance);
        Close(Flat(golden.GradValues), permutation.ApplyTranspose(Constant(golden.Upstream, type)), tolerance);
    }

    [Theory, MemberData(nameof(Cases))]
    public void Matrix_and_its_gradient_agree(int index, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var golden = Case(index, type);
        if (golden.Matrix is not { } matrix) return; // long cases have none; the test above covers them
        var tolerance = type == ScalarType.Float64 ? 1e-9 : 1e-4;
        var scores = Leaf(golden.Scores, type);
        using var permutation = Sort(golden.Temperature).Relax(scores);
        var found = permutation.Matrix();
        Close(Flat(matrix), found, tolerance);
        found.mul(Constant(golden.UpstreamMatrix!, type)).sum().backward();
        Close(golden.GradScoresMatrix!, scores.grad!, tolerance);
    }

    // Relative to the largest entry. Where P is saturated a gradient is a difference of equal numbers in the oracle itself,
    // exact to about 1e-16 of the upstream times 1/τ; nothing smaller can be asked for.
    private static void Close(double[] expected, Tensor actual, double tolerance)
    {
        var largest = expected.Max(Math.Abs);
        Compare.Close(expected, TensorCompare.Numbers(actual), 0, tolerance * Math.Max(largest, 1e-4));
    }

    private static NeuralSortCase Case(int index, ScalarType type) =>
        type == ScalarType.Float64 ? Golden.NeuralSort[index] : Recentred(Golden.NeuralSort[index]);

    // P(s + c) = P(s). float32 cannot hold scores such as 10000.123 to 1e-4 of their differences, so the offset is taken off
    // before rounding; Offsets_cancel in NeuralSortTests shows the operator itself indifferent to them.
    private static NeuralSortCase Recentred(NeuralSortCase golden) =>
        golden with { Scores = [.. golden.Scores.Select(s => s - golden.Scores.Average())] };

    private static Tensor Leaf(double[] numbers, ScalarType type, long rows = 0)
    {
        var plain = tensor(numbers, dtype: type);
        return (rows > 0 ? plain.reshape(rows, -1) : plain).requires_grad_();
    }

    private static Tensor Constant(double[][] rows, ScalarType type) => tensor(Flat(rows), dtype: type).reshape(rows.Length, -1);

    private static double[] Flat(double[][] rows) => [.. rows.SelectMany(r => r)];
}
