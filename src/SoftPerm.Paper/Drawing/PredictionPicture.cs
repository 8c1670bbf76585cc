using ScottPlot;
using SoftPerm.Training;

namespace SoftPerm.Paper.Drawing;

/// <summary>Draws predictions against the truth: on the diagonal they are right.</summary>
public static class PredictionPicture
{
    private const int Size = 560, MostPoints = 2000;

    /// <summary>Draws the first 2,000 pairs, as Figure 8 of the paper, into a PNG file.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Draw(IReadOnlyList<double> truth, IReadOnlyList<double> predictions, string pngPath, string title)
    {
        using var plot = new Plot();
        var limit = Math.Max(truth.Max(), 1);
        plot.Add.Line(0, 0, limit, limit).LineColor = PlotLook.Ink.WithAlpha(.5);
        var points = plot.Add.ScatterPoints(truth.Take(MostPoints).ToArray(), predictions.Take(MostPoints).ToArray(), PlotLook.Blue.WithAlpha(.35));
        points.MarkerSize = 4;
        PlotLook.Apply(plot, title, "true", "predicted");
        var shown = predictions.Take(MostPoints).Where(double.IsFinite).ToArray();
        plot.Axes.SetLimits(0, limit, shown.Append(0).Min(), shown.Append(limit).Max());
        PictureFile.Save(pngPath, Size, Size, canvas => plot.Render(canvas, new PixelRect(0, Size, Size, 0)));
    }
}
