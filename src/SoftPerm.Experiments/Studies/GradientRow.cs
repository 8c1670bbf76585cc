using System.Globalization;

namespace SoftPerm.Experiments.Studies;

/// <summary>What was measured in a cell.</summary>
/// <param name="Cell">The settings.</param>
/// <param name="Samples">Samples of a call.</param>
/// <param name="EvaluationsSpent">Evaluations of the cost in a call: at most the budget.</param>
/// <param name="TrainingEvaluations">Evaluations spent beforehand, once, on learning; 0 for those that learn nothing.</param>
/// <param name="Judge">Where the exact gradient came from.</param>
/// <param name="Repetitions">Independent estimates.</param>
/// <param name="Figures">Bias and variance.</param>
/// <param name="Milliseconds">The median time of a single call with its backward pass.</param>
public sealed record GradientRow(
    GradientCell Cell,
    long Samples,
    long EvaluationsSpent,
    long TrainingEvaluations,
    string Judge,
    long Repetitions,
    GradientFigures Figures,
    double Milliseconds)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Cell}: variance {Figures.Variance:g3}, mean squared error {Figures.MeanSquaredError:g3}, {Milliseconds:f2} ms");
}
