using System.Globalization;
using ScottPlot;

namespace SoftPerm.Paper.Drawing;

/// <summary>What all plots have in common: colours, fonts, axes, grid and legend.</summary>
internal static class PlotLook
{
    /// <summary>Of text and axes.</summary>
    public static readonly Color Ink = Color.FromHex("#3a3f45");

    /// <summary>The first thing shown, and the second.</summary>
    public static readonly Color Blue = Color.FromHex("#1f6fb4"), Orange = Color.FromHex("#dd7a1e");

    /// <summary>Lines that are steps of one thing, such as n.</summary>
    public static readonly IReadOnlyList<Color> Shades = [.. new[] { "#8fbbe0", "#1f6fb4", "#0c3b66", "#b03a48", "#dd7a1e" }.Select(Color.FromHex)];

    private const float RightMargin = 25; // half of the last tick's label lies beyond the axis

    /// <summary>Gives a plot its titles, and the look of all; what is drawn into it stays as it is.</summary>
    /// <exception cref="ArgumentException">A text has a combining mark, which is drawn beside its letter in most fonts.</exception>
    public static void Apply(Plot plot, string title, string x, string y)
    {
        foreach (var text in new[] { title, x, y })
            if (text.Any(c => char.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark)) throw new ArgumentException($"'{text}' has a combining mark, which few fonts draw over its letter; use words.", nameof(title));
        if (title.Length > 0) plot.Title(title, 15);
        if (x.Length > 0) plot.XLabel(x);
        plot.YLabel(y);
        plot.Font.Set(PictureFonts.Family);
        plot.Axes.Color(Ink);
        plot.Axes.Top.IsVisible = false;
        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Right.MinimumSize = RightMargin;
        plot.Axes.Title.Label.Bold = plot.Axes.Left.Label.Bold = plot.Axes.Bottom.Label.Bold = false;
        plot.Grid.MajorLineColor = Ink.WithAlpha(.1);
        plot.Legend.OutlineColor = plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.FontColor = Ink;
    }
}
