using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace SoftPerm.Experiments.Studies;

/// <summary>Draws variance against n, and below it the mean squared error against the temperature.</summary>
internal static class VariancePicture
{
    private static readonly Dictionary<string, (Color Color, LinePattern Pattern)> Looks = new()
    {
        ["score-function"] = (Color.FromHex("#8a8f98"), LinePattern.Solid),
        ["moving-average"] = (Color.FromHex("#8fbbe0"), LinePattern.Solid),
        ["leave-one-out"] = (Color.FromHex("#1f6fb4"), LinePattern.Solid),
        ["unordered-set"] = (Color.FromHex("#0c3b66"), LinePattern.Dotted),
        ["rebar"] = (Color.FromHex("#2e8b57"), LinePattern.Solid),
        ["relax"] = (Color.FromHex("#b03a48"), LinePattern.Solid),
        ["reparameterised"] = (Color.FromHex("#dd7a1e"), LinePattern.Dashed),
        ["straight-through"] = (Color.FromHex("#a0569b"), LinePattern.Dashed),
    };

    /// <summary>Draws the first budget of a study into a PNG file.</summary>
    public static void Draw(GradientStudyConfig config, IReadOnlyList<GradientRow> rows, string pngPath)
    {
        GradientRow[] shown = [.. rows.Where(r => r.Cell.Evaluations == config.Evaluations[0])];
        var relaxed = shown.Where(r => r.Cell.Items == config.Items.Min() && r.Cell.Temperature is not null).ToArray();
        Action<Plot> above = plot => AgainstItems(plot, config, shown), below = plot => AgainstTemperature(plot, relaxed);
        StudyPlot.Save(pngPath, relaxed.Length > 0 ? [above, below] : [above]);
    }

    private static void AgainstItems(Plot plot, GradientStudyConfig config, GradientRow[] rows)
    {
        foreach (var group in GradientTable.Best(rows).GroupBy(r => r.Cell.Estimator))
            StudyPlot.Line(plot, group.Select(r => ((double)r.Cell.Items, r.Figures.Variance)), group.Key, Looks[group.Key].Color, Looks[group.Key].Pattern);
        StudyPlot.Axes(plot, FormattableString.Invariant($"Variance of a gradient that spends {config.Evaluations[0]} evaluations (dashed: biased; each at its best τ)"), "items n", "variance / ‖exact gradient‖²");
        var ticks = new NumericManual();
        foreach (var items in config.Items) ticks.AddMajor(Math.Log10(items), items.ToString(CultureInfo.InvariantCulture));
        plot.Axes.Bottom.TickGenerator = ticks;
    }

    private static void AgainstTemperature(Plot plot, GradientRow[] rows)
    {
        foreach (var group in rows.GroupBy(r => r.Cell.Estimator))
            StudyPlot.Line(plot, group.Select(r => (r.Cell.Temperature!.Value, r.Figures.MeanSquaredError)), group.Key, Looks[group.Key].Color, Looks[group.Key].Pattern);
        StudyPlot.Axes(plot, FormattableString.Invariant($"Bias² + variance at n = {rows[0].Cell.Items}"), "temperature τ", "mean squared error / ‖exact gradient‖²");
    }
}
