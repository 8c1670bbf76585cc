using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Paper.Tests.Tasks.Quantiles;

public sealed class QuantileFiguresTests
{
    private static readonly double[] Truth = [1, 2, 3, 4];

    [Fact]
    public void Figures_are_those_calculated_by_hand()
    {
        // Errors 2, 1, 0, 3; Σ(y - ȳ)² = 5, Σ(ŷ - mean ŷ)² = 12, Σ(y - ȳ)(ŷ - mean ŷ) = 6.
        var figures = QuantileFigures.Of(Truth, [3, 3, 3, 7], middle: 4.5);
        Compare.Close(14 / 4.0, figures.MeanSquaredError, 1e-12);
        Compare.Close(36 / 60.0, figures.SquaredCorrelation, 1e-12);
        Compare.Close(1 - (14 / 5.0), figures.DeterminationCoefficient, 1e-12);
        Compare.Close(6 / 4.0, figures.AbsoluteError, 1e-12);
        Compare.Close(21 / 4.0, figures.ConstantMeanSquaredError, 1e-12);
    }

    [Fact]
    public void Predictions_that_are_right_leave_no_error()
    {
        var figures = QuantileFigures.Of(Truth, Truth, middle: 2.5);
        Assert.Equal(new QuantileFigures(0, 1, 1, 0, 5 / 4.0), figures);
    }

    [Fact]
    public void Any_line_correlates_and_does_not_determine()
    {
        var figures = QuantileFigures.Of(Truth, [.. Truth.Select(y => 10 - (3 * y))], middle: 2.5);
        Compare.Close(1, figures.SquaredCorrelation, 1e-12);
        Assert.True(figures.DeterminationCoefficient < 0);
    }

    [Fact]
    public void Equal_predictions_have_no_correlation()
    {
        var figures = QuantileFigures.Of(Truth, [2.5, 2.5, 2.5, 2.5], middle: 2.5);
        Assert.Equal((double.NaN, 0), (figures.SquaredCorrelation, figures.DeterminationCoefficient));
    }
}
