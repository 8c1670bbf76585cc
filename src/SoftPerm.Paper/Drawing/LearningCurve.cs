using ScottPlot;
using SoftPerm.Training;

namespace SoftPerm.Paper.Drawing;

/// <summary>Draws how a run learned: loss above, the task's measures below, against the step.</summary>
public static class LearningCurve
{
    /// <summary>The picture's file name in a run folder.</summary>
    public const string FileName = "learning-curve.png";

    private const int Width = 900, Height = 680;
    private const int MostMarked = 60;        // points of a line that still get a marker each

    /// <summary>Draws the rows into a PNG file.</summary>
    /// <param name="rows">The rows of metrics.csv, in order.</param>
    /// <param name="pngPath">The file; its folder exists.</param>
    /// <param name="title">What the run was.</param>
    /// <param name="lengths">The lengths of lists, where training and validation have different ones.</param>
    /// <exception cref="UserErrorException">There is no row, or the file cannot be written.</exception>
    public static void Draw(IReadOnlyList<MetricRow> rows, string pngPath, string title, ListLengths? lengths = null)
    {
        if (rows.Count == 0) throw new UserErrorException($"Cannot draw '{pngPath}': the run has no metrics yet.");
        var panels = new Multiplot { Layout = new ScottPlot.MultiplotLayouts.Rows() };
        panels.AddPlots(2);
        DrawLoss(panels.GetPlot(0), rows, title, lengths);
        DrawMeasures(panels.GetPlot(1), rows, lengths);
        foreach (var panel in panels.GetPlots()) Arrange(panel, lastStep: Math.Max(rows[^1].Step, 1));

        PictureFile.Save(pngPath, Width, Height, canvas => panels.Render(canvas, new PixelRect(0, Width, Height, 0)));
    }

    private static void DrawLoss(Plot plot, IReadOnlyList<MetricRow> rows, string title, ListLengths? lengths)
    {
        var training = Series(rows, r => r.Training.Loss);
        Line(plot, training, PlotLook.Blue.WithAlpha(.25), 1);
        Line(plot, Smooth(training), PlotLook.Blue, 2.5f).LegendText = $"training (smoothed){Lists(lengths?.Training)}";
        Points(plot, Series(rows, r => r.Validation?.Loss), PlotLook.Orange, $"validation{Lists(lengths?.Validation)}");
        PlotLook.Apply(plot, title, "", "loss");
        plot.Axes.Margins(0, .08);
    }

    private static void DrawMeasures(Plot plot, IReadOnlyList<MetricRow> rows, ListLengths? lengths)
    {
        var names = rows[0].Training.Measures;
        Line(plot, Smooth(Series(rows, r => r.Training.Measures[0].Value)), PlotLook.Blue.WithAlpha(.45), 2).LegendText = $"{names[0].Title}, training (smoothed)";
        for (var i = 0; i < names.Count; i++)
            Points(plot, Series(rows, r => r.Validation?.Measures[i].Value), i == 0 ? PlotLook.Blue : PlotLook.Orange, $"{names[i].Title}, validation");
        PlotLook.Apply(plot, "", "step", lengths is null || lengths.Measured == lengths.Validation // not in the legend, where it would leave no room for all lines
            ? $"{(names[0].IsError ? "part of the range" : "proportion")}{Lists(lengths?.Validation)}"
            : FormattableString.Invariant($"lists of {lengths.Measured}, in validation of {lengths.Validation}"));
        plot.Axes.AutoScale(); // without it the limits are not known
        plot.Axes.SetLimitsY(0, names[0].IsError ? plot.Axes.GetLimits().Top : 1);
    }

    private static string Lists(int? items) => items is { } length ? FormattableString.Invariant($", lists of {length}") : "";

    private static void Arrange(Plot plot, long lastStep)
    {
        plot.Axes.SetLimitsX(0, 1.05 * lastStep);
        plot.Axes.Left.MinimumSize = 75; // so that the panels stand exactly below each other
        plot.ShowLegend(Edge.Top).Padding = new PixelPadding(0, 0, 0, 0); // outside: wherever a curve goes, nothing hides it
        plot.Legend.Padding = new PixelPadding(2);
        plot.Legend.TightHorizontalWrapping = true;
        plot.Legend.Orientation = Orientation.Horizontal;
    }

    private static ScottPlot.Plottables.Scatter Line(Plot plot, (double[] Steps, double[] Values) series, Color color, float width)
    {
        var line = plot.Add.ScatterLine(series.Steps, series.Values, color);
        line.LineWidth = width;
        line.MarkerSize = series.Steps.Length <= MostMarked ? 2.5f * width : 0;
        return line;
    }

    private static void Points(Plot plot, (double[] Steps, double[] Values) series, Color color, string name)
    {
        if (series.Steps.Length == 0) return;
        Line(plot, series, color, 2).LegendText = name;
    }

    private static (double[] Steps, double[] Values) Series(IReadOnlyList<MetricRow> rows, Func<MetricRow, double?> value)
    {
        var present = rows.Where(r => value(r) is { } v && double.IsFinite(v)).ToArray();
        return ([.. present.Select(r => (double)r.Step)], [.. present.Select(r => value(r)!.Value)]);
    }

    /// <summary>The mean over a window around each point, a fortieth of the curve to either side, cut off at the ends.</summary>
    private static (double[] Steps, double[] Values) Smooth((double[] Steps, double[] Values) series)
    {
        var reach = series.Values.Length / 40;
        return (series.Steps, [.. series.Values.Select((_, i) => series.Values.Skip(i - reach).Take(Math.Min(i, reach) + 1 + reach).Average())]);
    }
}
