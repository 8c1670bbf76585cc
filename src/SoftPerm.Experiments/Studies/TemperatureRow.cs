using System.Globalization;

namespace SoftPerm.Experiments.Studies;

/// <summary>One combination of settings that is measured.</summary>
/// <param name="Items">The number of items n.</param>
/// <param name="Temperature">τ.</param>
public sealed record TemperatureCell(int Items, double Temperature);

/// <summary>A mean over draws, with its standard error; 0 where nothing is drawn.</summary>
public sealed record MeanFigure(double Mean, double StandardError);

/// <summary>How far a relaxed permutation is from the exact one.</summary>
/// <param name="RowDistance">The mean over rows of Σ_j |P̂_ij - P_ij|: 2 is farthest.</param>
/// <param name="MeanSquare">The mean over entries of (P̂_ij - P_ij)², as in the paper's Table 4.</param>
public sealed record PermutationDistance(MeanFigure RowDistance, MeanFigure MeanSquare);

/// <summary>What was measured in a cell.</summary>
/// <param name="Cell">The settings.</param>
/// <param name="Deterministic">P̂(s) against the sort of s.</param>
/// <param name="Stochastic">P̂(s + g) against the sort of s + g, over Gumbel noise g.</param>
/// <param name="PlaceCost">The logarithm, to the base 10, of the variance of the gradient of the cost of places, mean over coordinates.</param>
/// <param name="CrossEntropy">The same for the cross-entropy to the true order.</param>
public sealed record TemperatureRow(
    TemperatureCell Cell, PermutationDistance Deterministic, PermutationDistance Stochastic, MeanFigure PlaceCost, MeanFigure CrossEntropy)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"n = {Cell.Items}, temperature {Cell.Temperature}: distance {Deterministic.RowDistance.Mean:g3}, stochastic {Stochastic.RowDistance.Mean:g3}, log-variance {PlaceCost.Mean:f2}, of cross-entropy {CrossEntropy.Mean:f2}");
}
