using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Tasks.Quantiles;

public sealed class QuantileEvaluationTests
{
    [Theory]
    [InlineData(0, 1, 0), InlineData(1, 8, 10), InlineData(0.5, 3, 7), InlineData(0.25, 1.75, 3)]
    public void The_truth_of_each_set_is_interpolated_between_its_numbers(double quantile, double first, double second)
    {
        using var scope = NewDisposeScope();
        var numbers = tensor(new long[] { 8, 1, 4, 2, 10, 0, 10, 4 }).reshape(2, 4);
        Compare.Close([first, second], TensorCompare.Numbers(QuantileEvaluation.Truth(numbers, quantile)), 1e-12);
    }
}
