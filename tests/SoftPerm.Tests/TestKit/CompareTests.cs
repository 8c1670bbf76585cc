using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.TestKit;

public sealed class CompareTests
{
    private const double Infinity = double.PositiveInfinity;

    [Fact]
    public void Equal_and_close_numbers_pass()
    {
        Compare.Close([1, -2, Infinity, -Infinity, 0], [1.0009, -2, Infinity, -Infinity, 0], relative: 1e-3);
        Compare.Close(0, 1e-9, relative: 0, absolute: 1e-8);
    }

    [Theory]
    [InlineData(1, 1.1), InlineData(1, double.NaN), InlineData(double.NaN, 1), InlineData(double.NaN, double.NaN)]
    [InlineData(1, Infinity), InlineData(Infinity, 1), InlineData(Infinity, -Infinity)]
    public void Far_off_and_not_a_number_fail(double expected, double actual) =>
        Assert.Throws<MismatchException>(() => Compare.Close(expected, actual, relative: 1e-3, absolute: 1e-3));

    [Fact]
    public void First_miss_is_named()
    {
        var error = Assert.Throws<MismatchException>(() => Compare.Close([1, 2, 3], [1, 2.5, 4], relative: 0.1));
        Assert.Contains("2 of 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("[1]: expected 2, found 2.5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_lengths_and_shapes_fail()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<MismatchException>(() => Compare.Close([1], [1, 1], relative: 1));
        Assert.Throws<MismatchException>(() => TensorCompare.Close(ones(2, 3), ones(3, 2), relative: 1));
    }

    [Fact]
    public void Tensors_are_compared_row_by_row_whatever_their_layout()
    {
        using var scope = NewDisposeScope();
        var matrix = tensor(new float[] { 1, 2, 3, 4 }).reshape(2, 2);
        Assert.Equal([1, 3, 2, 4], TensorCompare.Numbers(matrix.t()));
        TensorCompare.Close(matrix.t(), matrix.t().contiguous(), relative: 0);
        Assert.Throws<MismatchException>(() => TensorCompare.Close(matrix, matrix.t(), relative: 0.1));
    }
}
