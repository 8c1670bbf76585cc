using System.Globalization;

namespace SoftPerm.Experiments.Studies;

/// <summary>One combination of settings that is measured.</summary>
/// <param name="Estimator">The estimator's name.</param>
/// <param name="Items">The number of items n.</param>
/// <param name="Evaluations">Evaluations of the cost that a call may spend.</param>
/// <param name="Temperature">τ where it relaxes; else null.</param>
public sealed record GradientCell(string Estimator, int Items, long Evaluations, double? Temperature)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"n = {Items}, {Evaluations} evaluations, {Estimator}{(Temperature is { } t ? $" at temperature {t}" : "")}");
}
