using ScottPlot;
using SoftPerm.Paper.Drawing;

namespace SoftPerm.Benchmarks.Ratios.Reports;

/// <summary>Draws time against length, both logarithmic, one line a method.</summary>
internal static class GrowthPlot
{
    private const int Width = 900, Height = 560, Magnification = 2;

    /// <summary>Draws the medians of a run into a PNG file.</summary>
    public static void Draw(GroupResult growth, string pngPath)
    {
        using var plot = new Plot();
        string[] methods = [.. growth.Cases.SelectMany(c => c.Methods).Select(m => m.Method).Distinct()];
        foreach (var (index, method) in methods.Index()) AddLine(plot, growth.Cases, method, PlotLook.Shades[index % PlotLook.Shades.Count]);
        // The hat of P̂ stands beside its letter in most fonts.
        var title = growth.Title.Replace("P̂s", "Softly sorted values", StringComparison.Ordinal);
        PlotLook.Apply(plot, $"{title}: {growth.Environment.Run.Machine}, {growth.Environment.Run.TorchThreads} threads", "items n", "time of a step");
        plot.Axes.Bottom.TickGenerator = LogTicks.Decades(0, 8, Count);
        plot.Axes.Left.TickGenerator = LogTicks.Decades(-3, 6, Duration);
        plot.ShowLegend(Alignment.UpperLeft);
        plot.ScaleFactor = Magnification;
        plot.SavePng(pngPath, Magnification * Width, Magnification * Height);
    }

    private static void AddLine(Plot plot, IReadOnlyList<CaseResult> cases, string method, Color color)
    {
        var present = cases.Where(c => c.Find(method) is not null).ToArray();
        var line = plot.Add.ScatterLine(present.Select(c => Math.Log10(c.Items)).ToArray(), present.Select(c => Math.Log10(c.Find(method)!.Median)).ToArray(), color);
        line.LineWidth = 2.5f;
        line.MarkerSize = 7;
        line.LegendText = method;
    }

    private static string Count(int exponent) => FormattableString.Invariant($"{Math.Pow(10, exponent):#,0}");

    private static string Duration(int exponent) => exponent switch
    {
        < 0 => $"{Math.Pow(10, exponent + 3):0} µs",
        < 3 => $"{Math.Pow(10, exponent):0} ms",
        _ => $"{Math.Pow(10, exponent - 3):0} s",
    };
}
