using ScottPlot;

namespace SoftPerm.Experiments.Studies;

/// <summary>Draws distances and log-variances against the temperature, one line for each n.</summary>
internal static class TemperaturePictures
{
    private const double Lowest = 1e-12; // below, lines would squeeze what there is to see
    private static readonly Color[] Shades = [.. new[] { "#8fbbe0", "#1f6fb4", "#0c3b66", "#b03a48", "#dd7a1e" }.Select(Color.FromHex)];

    /// <summary>Draws how far P̂ is from the exact permutation.</summary>
    public static void DrawDistance(IReadOnlyList<TemperatureRow> rows, string pngPath) => StudyPlot.Save(
        pngPath,
        plot => Lines(plot, rows, "Distance of P̂ to the exact permutation (dashed: stochastic)", "mean over rows of the L1 distance",
            ("", LinePattern.Solid, r => Shown(r.Deterministic.RowDistance)), (", stochastic", LinePattern.Dashed, r => Shown(r.Stochastic.RowDistance))),
        plot => Lines(plot, rows, "Squared distance, as in the paper's Table 4", "mean over entries",
            ("", LinePattern.Solid, r => Shown(r.Deterministic.MeanSquare)), (", stochastic", LinePattern.Dashed, r => Shown(r.Stochastic.MeanSquare))));

    /// <summary>Draws how much the gradient varies with the noise.</summary>
    public static void DrawVariance(IReadOnlyList<TemperatureRow> rows, string pngPath) => StudyPlot.Save(
        pngPath,
        plot => Lines(plot, rows, "Variance of the reparameterised gradient: cost of places", "variance over noise", ("", LinePattern.Solid, r => Math.Pow(10, r.PlaceCost.Mean))),
        plot => Lines(plot, rows, "Variance of the reparameterised gradient: cross-entropy", "variance over noise", ("", LinePattern.Solid, r => Math.Pow(10, r.CrossEntropy.Mean))));

    private static double Shown(MeanFigure figure) => figure.Mean >= Lowest ? figure.Mean : 0;

    private static void Lines(
        Plot plot, IReadOnlyList<TemperatureRow> rows, string title, string y, params (string Suffix, LinePattern Pattern, Func<TemperatureRow, double> Value)[] kinds)
    {
        foreach (var (index, group) in rows.GroupBy(r => r.Cell.Items).Index())
            foreach (var (suffix, pattern, value) in kinds)
                StudyPlot.Line(plot, group.Select(r => (r.Cell.Temperature, value(r))), $"n = {group.Key}{suffix}", Shades[index % Shades.Length], pattern);
        StudyPlot.Axes(plot, title, "temperature τ", y);
    }
}
