using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using SoftPerm.Paper.Drawing;

namespace SoftPerm.Paper.Studies;

/// <summary>Draws variance against n or the budget, and below it the mean squared error against the temperature.</summary>
internal static class VariancePicture
{
    private static readonly Dictionary<string, (Color Color, LinePattern Pattern)> Looks = new()
    {
        ["score-function"] = (Color.FromHex("#8a8f98"), LinePattern.Solid),
        ["moving-average"] = (Color.FromHex("#8fbbe0"), LinePattern.Solid),
        ["leave-one-out"] = (Color.FromHex("#1f6fb4"), LinePattern.Solid),
        ["unordered-set"] = (Color.FromHex("#0c3b66"), LinePattern.Dotted),
        ["rebar"] = (Color.FromHex("#7fc29b"), LinePattern.Solid),
        ["rebar-tuned"] = (Color.FromHex("#2e8b57"), LinePattern.Dotted),
        ["relax"] = (Color.FromHex("#b03a48"), LinePattern.Solid),
        ["reparameterised"] = (Color.FromHex("#dd7a1e"), LinePattern.Dashed),
        ["straight-through"] = (Color.FromHex("#a0569b"), LinePattern.Dashed),
    };

    /// <summary>Draws a study into a PNG file: its first budget over n, or, if it has one n alone, that over budgets.</summary>
    public static void Draw(GradientStudyConfig config, IReadOnlyList<GradientRow> rows, string pngPath)
    {
        GradientRow[] first = [.. rows.Where(r => r.Cell.Evaluations == config.Evaluations[0])];
        var relaxed = first.Where(r => r.Cell.Items == config.Items.Min() && r.Cell.Temperature is not null).ToArray();
        Action<Plot> above = config.Items.Count == 1 && config.Evaluations.Count > 1
            ? plot => Variances(plot, rows, r => r.Cell.Evaluations, "evaluations of the cost", FormattableString.Invariant($"Variance of a gradient at n = {config.Items[0]}"))
            : plot => Variances(plot, first, r => r.Cell.Items, "items n", FormattableString.Invariant($"Variance of a gradient that spends {config.Evaluations[0]} evaluations"));
        StudyPlot.Save(pngPath, relaxed.Length > 0 ? [above, plot => AgainstTemperature(plot, relaxed)] : [above]);
    }

    private static void Variances(Plot plot, IReadOnlyList<GradientRow> rows, Func<GradientRow, long> x, string xName, string title)
    {
        foreach (var group in GradientTable.Best(rows).GroupBy(r => r.Cell.Estimator))
            StudyPlot.Line(plot, group.Select(r => ((double)x(r), r.Figures.Variance)), group.Key, Looks[group.Key].Color, Looks[group.Key].Pattern);
        StudyPlot.Axes(plot, $"{title} (dashed: biased; each at its best τ)", xName, "variance / ‖exact gradient‖²");
        var ticks = new NumericManual();
        foreach (var value in rows.Select(x).Distinct()) ticks.AddMajor(Math.Log10(value), value.ToString(CultureInfo.InvariantCulture));
        plot.Axes.Bottom.TickGenerator = ticks;
    }

    private static void AgainstTemperature(Plot plot, GradientRow[] rows)
    {
        foreach (var group in rows.GroupBy(r => r.Cell.Estimator))
            StudyPlot.Line(plot, group.Select(r => (r.Cell.Temperature!.Value, r.Figures.MeanSquaredError)), group.Key, Looks[group.Key].Color, Looks[group.Key].Pattern);
        StudyPlot.Axes(plot, FormattableString.Invariant($"Bias² + variance at n = {rows[0].Cell.Items}, {rows[0].Cell.Evaluations} evaluations"), "temperature τ", "mean squared error / ‖exact gradient‖²");
    }
}
