using System.Globalization;
using ScottPlot;
using SoftPerm.Paper.Drawing;

namespace SoftPerm.Paper.Studies;

/// <summary>The study of the temperature as a page for people.</summary>
internal static class TemperatureTable
{
    private const string Introduction = """
        # What the temperature of NeuralSort does

        Fixed seeded scores in disorder, sorted neighbours 0.5 to 1.5 apart, in float64. *Distance* is the mean over rows of
        Σ_j |P̂_ij - P_ij| (2 is farthest), P the exact permutation; *squared* the mean over entries of (P̂_ij - P_ij)², as in Table 4 of the
        paper. Stochastic: P̂(s + g) against the sort of the same s + g, over Gumbel noise g. *Log-variance*: the logarithm (base 10) of the
        variance of the gradient in the scores of the relaxed loss over Gumbel noise (one draw a gradient, mean over coordinates), as in
        Figure 7 of the paper; for the cost of places `mean_j (r_j - t_j)² / ((n² - 1) / 6)` and for the cross-entropy, both towards the true
        order. ± one standard error. At low temperatures the gradient of the cost of places is rare spikes, where two perturbed
        scores are as close as the temperature: standard errors are then themselves uncertain.


        """;

    /// <summary>The whole page.</summary>
    public static string Page(TemperatureStudyConfig config, IReadOnlyList<TemperatureRow> rows)
    {
        var facts = string.Create(CultureInfo.InvariantCulture, $"{config.Samples} draws of noise at each temperature; seed {config.Seed}.");
        var groups = rows.GroupBy(r => r.Cell.Items).Select(g => string.Create(CultureInfo.InvariantCulture, $"## n = {g.Key}\n\n{Table(g)}"));
        return $"{Introduction}{facts}\n\n{string.Join("\n", groups)}";
    }

    /// <summary>The distance at the lowest temperature, a line for each n.</summary>
    public static string Summary(IReadOnlyList<TemperatureRow> rows) => string.Join('\n', rows.GroupBy(r => r.Cell.Items).Select(g => g.MinBy(r => r.Cell.Temperature)!).Select(r =>
        string.Create(CultureInfo.InvariantCulture, $"n = {r.Cell.Items}: at temperature {r.Cell.Temperature} the distance to the exact permutation is {Small(r.Deterministic.RowDistance.Mean)}")));

    private static string Table(IEnumerable<TemperatureRow> rows) => MarkdownTable.Render(
        [">τ", ">distance", ">squared", ">stochastic distance", ">stochastic squared", ">log-variance, places", ">log-variance, cross-entropy"],
        rows.Select(r => (string[])[
            r.Cell.Temperature.ToString("g4", CultureInfo.InvariantCulture), Small(r.Deterministic.RowDistance.Mean), Small(r.Deterministic.MeanSquare.Mean),
            WithError(r.Stochastic.RowDistance), WithError(r.Stochastic.MeanSquare), Logarithm(r.PlaceCost), Logarithm(r.CrossEntropy)]));

    private static string WithError(MeanFigure figure) => $"{Small(figure.Mean)} ± {Small(figure.StandardError)}";

    private static string Logarithm(MeanFigure figure) => string.Create(CultureInfo.InvariantCulture, $"{figure.Mean:f2} ± {figure.StandardError:f2}");

    private static string Small(double value) => value.ToString(value is 0 or >= 0.001 ? "0.####" : "0.0e0", CultureInfo.InvariantCulture);
}

/// <summary>Draws distances and log-variances against the temperature, one line for each n.</summary>
internal static class TemperaturePictures
{
    private const double Lowest = 1e-12; // below, lines would squeeze what there is to see

    /// <summary>Draws how far P̂ is from the exact permutation.</summary>
    public static void DrawDistance(IReadOnlyList<TemperatureRow> rows, string pngPath) => StudyPlot.Save(
        pngPath,
        plot => Lines(plot, rows, "Distance of the relaxed permutation to the exact one (dashed: stochastic)", "mean over rows of the L1 distance",
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
                StudyPlot.Line(plot, group.Select(r => (r.Cell.Temperature, value(r))), $"n = {group.Key}{suffix}", PlotLook.Shades[index % PlotLook.Shades.Count], pattern);
        StudyPlot.Axes(plot, title, "temperature τ", y);
    }
}
