namespace SoftPerm.Experiments.Studies;

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
