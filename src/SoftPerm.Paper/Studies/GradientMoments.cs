using static TorchSharp.torch;

namespace SoftPerm.Paper.Studies;

/// <summary>Gathers independent estimates of a gradient, and compares them with the exact one.</summary>
/// <remarks>
/// With d = estimate - exact, m its mean over R estimates and Σ its covariance: E‖m‖² = ‖bias‖² + tr Σ / R, so that the length of
/// m is not 0 for an estimator without bias. What is reported is <c>‖m‖² - tr Σ / R</c>, whose expectation is ‖bias‖² (and which may
/// be negative), with the standard error <c>√(2 tr Σ² / R² + 4 biasᵀ Σ bias / R)</c>.
/// </remarks>
/// <param name="exact">The exact gradient.</param>
internal sealed class GradientMoments(double[] exact)
{
    private readonly double[] sum = new double[exact.Length];
    private readonly double[] products = new double[exact.Length * exact.Length];
    private double squares, fourths;
    private long count;

    /// <summary>Adds estimates, [rows, n].</summary>
    public void Add(Tensor gradients)
    {
        using var scope = NewDisposeScope();
        var difference = gradients.sub(tensor(exact));
        var lengths = difference.Squared().sum([-1]);
        Accumulate(sum, difference.sum([0]));
        Accumulate(products, difference.t().mm(difference));
        squares += lengths.sum().item<double>();
        fourths += lengths.Squared().sum().item<double>();
        count += gradients.size(0);
    }

    /// <summary>The figures so far, of two estimates or more, in units of the exact gradient's squared length.</summary>
    public GradientFigures Figures()
    {
        var n = sum.Length;
        double trace = 0, traceOfSquare = 0, alongMean = 0, meanSquare = 0;
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++)
            {
                double first = sum[i] / count, second = sum[j] / count;
                var covariance = (products[(i * n) + j] - (count * first * second)) / (count - 1);
                traceOfSquare += covariance * covariance;
                alongMean += first * covariance * second;
                if (i == j) (trace, meanSquare) = (trace + covariance, meanSquare + (first * first));
            }
        }

        var unit = exact.Sum(g => g * g);
        var noise = traceOfSquare / count / count;
        var error = Math.Sqrt((2 * noise) + (4 * Math.Max(0, (alongMean / count) - noise)));
        double mean = squares / count, spread = Math.Max(0, (fourths / count) - (mean * mean));
        return new GradientFigures(
            (meanSquare - (trace / count)) / unit, error / unit, trace / unit, mean / unit, Math.Sqrt(spread / count) / unit);
    }

    private static void Accumulate(double[] total, Tensor part)
    {
        var numbers = part.contiguous().data<double>();
        for (var i = 0; i < total.Length; i++) total[i] += numbers[i];
    }
}

/// <summary>How far an estimator is from the exact gradient g; all in units of ‖g‖².</summary>
/// <param name="BiasSquared">‖mean - g‖² without what noise adds to it: its expectation is the squared bias. May be negative.</param>
/// <param name="BiasSquaredError">Its standard error.</param>
/// <param name="Variance">The trace of the covariance of one estimate.</param>
/// <param name="MeanSquaredError">The mean of ‖estimate - g‖²: squared bias and variance together.</param>
/// <param name="MeanSquaredErrorError">Its standard error; nearly that of the variance where there is no bias.</param>
public sealed record GradientFigures(double BiasSquared, double BiasSquaredError, double Variance, double MeanSquaredError, double MeanSquaredErrorError)
{
    /// <summary>Whether the bias stands out from the noise: its square by more than two standard errors.</summary>
    internal bool IsBiasSeen => BiasSquared > 2 * BiasSquaredError;

    /// <summary>The length of the bias over that of g where it stands out; else two standard errors above what was found.</summary>
    internal double BiasOrLimit => Math.Sqrt(IsBiasSeen ? BiasSquared : Math.Max(0, BiasSquared) + (2 * BiasSquaredError));

    /// <summary>The standard error of a bias that stands out.</summary>
    internal double BiasError => BiasSquaredError / (2 * BiasOrLimit);
}
