using SoftPerm.Training;

namespace SoftPerm.Paper.Tasks.Quantiles;

/// <summary>What a test of quantile regression measures, numbers in raw units.</summary>
/// <param name="MeanSquaredError">The mean of (y - ŷ)².</param>
/// <param name="SquaredCorrelation">The squared correlation of y and ŷ, which the paper calls R²; NaN where the predictions are all the same.</param>
/// <param name="DeterminationCoefficient">R² = 1 - Σ(y - ŷ)² / Σ(y - ȳ)²; negative where the mean would do better.</param>
/// <param name="AbsoluteError">The mean of |y - ŷ|.</param>
/// <param name="ConstantMeanSquaredError">The mean squared error of always predicting the middle of the range.</param>
public sealed record QuantileFigures(
    double MeanSquaredError, double SquaredCorrelation, double DeterminationCoefficient, double AbsoluteError, double ConstantMeanSquaredError)
{
    private const string ErrorOfRange = "absolute_error";

    /// <summary>Compares predictions with the truth, both in raw units.</summary>
    internal static QuantileFigures Of(IReadOnlyList<double> truth, IReadOnlyList<double> predictions, double middle)
    {
        var (meanTruth, meanPrediction) = (truth.Average(), predictions.Average());
        double Sum(Func<double, double, double> of) => truth.Zip(predictions, of).Sum();
        var (spread, spreadPredicted) = (Sum((y, _) => Square(y - meanTruth)), Sum((_, p) => Square(p - meanPrediction)));
        var error = Sum((y, p) => Square(y - p));
        return new QuantileFigures(
            error / truth.Count,
            Square(Sum((y, p) => (y - meanTruth) * (p - meanPrediction))) / (spread * spreadPredicted),
            1 - (error / spread),
            Sum((y, p) => Math.Abs(y - p)) / truth.Count,
            Sum((y, _) => Square(y - middle)) / truth.Count);
    }

    /// <summary>The mean absolute error as a share of the range of numbers, as a measure of training.</summary>
    internal static IReadOnlyList<Measure> Measures(double shareOfRange) => [new(ErrorOfRange, shareOfRange)];

    private static double Square(double x) => x * x;
}
