using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace SoftPerm.Paper.Drawing;

/// <summary>Pictures of studies: panels below each other, both axes logarithmic, the legend to the right.</summary>
internal static class StudyPlot
{
    private const int Width = 900, PanelHeight = 430;

    /// <summary>Draws panels into a PNG file.</summary>
    public static void Save(string pngPath, params Action<Plot>[] panels)
    {
        var picture = new Multiplot { Layout = new ScottPlot.MultiplotLayouts.Rows() };
        picture.AddPlots(panels.Length);
        foreach (var (index, draw) in panels.Index())
        {
            draw(picture.GetPlot(index));
            Arrange(picture.GetPlot(index));
        }

        var height = PanelHeight * panels.Length;
        PictureFile.Save(pngPath, Width, height, canvas => picture.Render(canvas, new PixelRect(0, Width, height, 0)));
    }

    /// <summary>A line through the points that have logarithms; none if there is no such point.</summary>
    public static void Line(Plot plot, IEnumerable<(double X, double Y)> points, string name, Color color, LinePattern pattern)
    {
        var shown = points.Where(p => p.X > 0 && p.Y > 0 && double.IsFinite(p.Y)).OrderBy(p => p.X).ToArray();
        if (shown.Length == 0) return;
        var line = plot.Add.ScatterLine(shown.Select(p => Math.Log10(p.X)).ToArray(), shown.Select(p => Math.Log10(p.Y)).ToArray(), color);
        line.LineWidth = 2.5f;
        line.LinePattern = pattern;
        line.MarkerSize = shown.Length > 12 ? 0 : 7;
        line.LegendText = name;
    }

    /// <summary>Ticks at powers of ten on both axes.</summary>
    public static void Axes(Plot plot, string title, string x, string y)
    {
        PlotLook.Apply(plot, title, x, y);
        plot.Axes.Bottom.TickGenerator = LogTicks.Decades(-9, 9, PowerOfTen);
        plot.Axes.AutoScale();
        var isShort = plot.Axes.GetLimits().VerticalSpan < 2; // a power of ten or two would be all that is labelled
        plot.Axes.Left.TickGenerator = LogTicks.Decades(-20, 20, PowerOfTen, isShort ? Label : null);
    }

    private static string PowerOfTen(int exponent) => exponent is >= -3 and <= 4
        ? Label(Math.Pow(10, exponent))
        : FormattableString.Invariant($"1e{exponent}");

    private static string Label(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private static void Arrange(Plot plot)
    {
        plot.Axes.Right.MinimumSize = 0; // the legend stands there
        plot.Layout.Fixed(new PixelPadding(left: 85, right: 205, bottom: 55, top: 35)); // the panels stand exactly below each other
        plot.ShowLegend(Edge.Right);
        plot.Legend.SymbolWidth = 34; // room to see dashes
    }
}

/// <summary>Ticks of an axis that shows logarithms to the base 10.</summary>
internal static class LogTicks
{
    /// <summary>A labelled tick at each power of ten, and small ones at its multiples.</summary>
    /// <param name="from">The lowest exponent.</param>
    /// <param name="to">The highest exponent.</param>
    /// <param name="label">The text at an exponent.</param>
    /// <param name="between">The text at twice and five times those powers; null for none.</param>
    public static NumericManual Decades(int from, int to, Func<int, string> label, Func<double, string>? between = null)
    {
        var ticks = new NumericManual();
        for (var exponent = from; exponent <= to; exponent++)
        {
            ticks.AddMajor(exponent, label(exponent));
            for (var multiple = 2; multiple < 10; multiple++)
            {
                var position = exponent + Math.Log10(multiple);
                if (multiple is 2 or 5 && between is not null) ticks.AddMajor(position, between(multiple * Math.Pow(10, exponent)));
                else ticks.AddMinor(position);
            }
        }

        return ticks;
    }
}
