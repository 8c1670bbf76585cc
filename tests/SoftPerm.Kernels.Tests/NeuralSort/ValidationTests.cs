using SoftPerm.TestKit.References;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

public sealed class ValidationTests
{
    private static readonly double[] Two = [1, 2];

    [Theory, InlineData(0), InlineData(-1.5), InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    public void Temperature_that_is_not_positive_and_finite_is_refused_by_name_and_value(double temperature)
    {
        Action[] calls =
        [
            () => Results.Matrix(Two, temperature), () => Results.LogMatrix(Two, temperature), () => Results.Row(Two, temperature, 0),
            () => Results.Apply(Two, temperature, Two, 1), () => Results.ValueGradient(Two, temperature, Two, 1),
            () => Results.ScoreGradient(Two, temperature, new double[4]),
            () => NeuralSortReference.TemperatureGradient(Two, temperature, new double[4]),
        ];
        Assert.All(calls, call =>
        {
            var error = Assert.Throws<ArgumentOutOfRangeException>(nameof(temperature), call);
            Assert.Equal(temperature, error.ActualValue);
            Assert.Contains("positive and finite", error.Message, StringComparison.Ordinal);
        });
    }

    [Theory, InlineData(-1), InlineData(2)]
    public void Place_outside_the_sequence_is_refused(int place) =>
        Assert.Equal(place, Assert.Throws<ArgumentOutOfRangeException>(nameof(place), () => Results.Row(Two, 1, place)).ActualValue);

    [Fact]
    public void Negative_number_of_columns_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("columns", () => Results.Apply(Two, 1, Two, -1));
        Assert.Throws<ArgumentOutOfRangeException>("columns", () => Results.ValueGradient(Two, 1, Two, -1));
    }

    [Fact]
    public void Wrong_lengths_are_refused_with_both_lengths()
    {
        Assert.Throws<ArgumentException>("order", () => NeuralSortReference.Order(Two, new int[3]));
        Assert.Throws<ArgumentException>("row", () => NeuralSortReference.Row(Two, 1, 0, new double[1]));
        Assert.Throws<ArgumentException>("matrix", () => NeuralSortReference.LogMatrix(Two, 1, new double[2]));
        Assert.Throws<ArgumentException>("values", () => NeuralSortReference.Apply(Two, 1, new double[3], 1, new double[3]));
        Assert.Throws<ArgumentException>("result", () => NeuralSortReference.Apply(Two, 1, new double[4], 2, new double[2]));
        Assert.Throws<ArgumentException>("upstream", () => NeuralSortReference.ScoreGradient(Two, 1, new double[2], new double[2]));
        Assert.Throws<ArgumentException>("gradient", () => NeuralSortReference.ScoreGradient(Two, 1, new double[4], new double[4]));
        Assert.Throws<ArgumentException>("upstream", () => NeuralSortReference.TemperatureGradient(Two, 1, new double[2]));
        Assert.Throws<ArgumentException>("gradient", () => NeuralSortReference.ValueGradient(Two, 1, Two, 1, new double[1]));
        var error = Assert.Throws<ArgumentException>("matrix", () => NeuralSortReference.Matrix(Two, 1, new double[3]));
        Assert.Contains("is 3; it must be 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_on_top_of_an_input_still_to_be_read_are_refused()
    {
        var shared = new double[5];
        Assert.Throws<ArgumentException>("result", () => NeuralSortReference.Apply(Two, 1, shared.AsSpan(0, 2), 1, shared.AsSpan(1, 2)));
        Assert.Throws<ArgumentException>("gradient", () => NeuralSortReference.ValueGradient(Two, 1, shared.AsSpan(0, 2), 1, shared.AsSpan(0, 2)));
        Assert.Throws<ArgumentException>("gradient", () => NeuralSortReference.ScoreGradient(Two, 1, shared.AsSpan(0, 4), shared.AsSpan(3, 2)));
    }
}
