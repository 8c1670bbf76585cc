using System.Globalization;
using SkiaSharp;
using SoftPerm.Training;

namespace SoftPerm.Paper.Drawing;

/// <summary>Draws sets of images with the numbers they show, their true quantile and the one predicted.</summary>
public static class QuantilePicture
{
    private const int Margin = 32, Gap = 18, HeadingHeight = 58, CaptionHeight = 64, FiguresWidth = 300, LeastTile = 90, MostColumns = 12;

    /// <summary>Draws the sets into a PNG file, one below the other.</summary>
    /// <param name="sets">The sets, at least one, all with images of one shape.</param>
    /// <param name="quantile">The quantile that is predicted.</param>
    /// <param name="range">The numbers there are: what an error is seen against.</param>
    /// <param name="pngPath">The file; its folder exists.</param>
    /// <exception cref="ArgumentException">There are no sets, or images that do not belong together.</exception>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Draw(IReadOnlyList<QuantileDrawing> sets, double quantile, double range, string pngPath)
    {
        if (sets.Count == 0) throw new ArgumentException("There are no sets to draw; at least 1 is needed.", nameof(sets));
        foreach (var set in sets) set.Check(sets[0]);
        var first = sets[0];
        var scale = PictureStyle.Magnification(first.Width, LeastTile);
        var most = sets.Max(set => set.Images.Count);
        var columns = Math.Min(most, MostColumns);
        var lineHeight = scale * first.Height + CaptionHeight;
        var lines = (most + columns - 1) / columns;
        var figures = Margin + columns * (scale * first.Width + Gap);
        PictureFile.Save(pngPath, figures + FiguresWidth + Margin, 2 * Margin + HeadingHeight + sets.Count * lines * lineHeight, canvas =>
        {
            canvas.Clear(SKColors.White);
            var heading = FormattableString.Invariant($"quantile {quantile} of the numbers in each line");
            var width = PictureStyle.DrawText(canvas, heading, Margin, Margin + 28, 26, PictureStyle.Ink);
            PictureStyle.DrawText(canvas, "true number below each image", Margin + width + 24, Margin + 28, 26, PictureStyle.Faint);
            foreach (var (row, set) in sets.Index())
            {
                var top = Margin + HeadingHeight + row * lines * lineHeight;
                foreach (var (k, number) in set.Numbers.Index())
                {
                    var box = SKRect.Create(Margin + k % columns * (scale * set.Width + Gap), top + k / columns * lineHeight, scale * set.Width, scale * set.Height);
                    PictureStyle.DrawImage(canvas, set.Images[k], set.Width, set.Height, box, PictureStyle.Edge, 2);
                    PictureStyle.DrawCaption(canvas, number.ToString(CultureInfo.InvariantCulture), new(box.MidX, box.Bottom + 30), PictureFonts.Regular, 22, PictureStyle.Ink);
                }

                DrawFigures(canvas, set, range, figures + Gap, top);
            }
        }, magnification: 1);
    }

    private static void DrawFigures(SKCanvas canvas, QuantileDrawing set, double range, float x, float y)
    {
        PictureStyle.DrawText(canvas, FormattableString.Invariant($"predicted {set.Predicted:f1}"), x, y + 24, 24, PictureStyle.Ink);
        PictureStyle.DrawText(canvas, FormattableString.Invariant($"true {set.Truth:g6}"), x, y + 54, 24, PictureStyle.Ink);
        PictureStyle.DrawText(canvas, FormattableString.Invariant($"off by {Math.Abs(set.Predicted - set.Truth) / range:p1} of the range"), x, y + 82, 20, PictureStyle.Faint);
    }
}

/// <summary>A set of images and what was predicted of it, ready to be shown.</summary>
/// <param name="Images">The images, each Height × Width grey values from 0 to 1, row by row.</param>
/// <param name="Height">Height of an image in pixels.</param>
/// <param name="Width">Width of an image in pixels.</param>
/// <param name="Numbers">The number each image shows.</param>
/// <param name="Truth">Their quantile.</param>
/// <param name="Predicted">What the network said.</param>
public sealed record QuantileDrawing(IReadOnlyList<float[]> Images, int Height, int Width, IReadOnlyList<int> Numbers, double Truth, double Predicted)
{
    /// <exception cref="ArgumentException">The parts do not belong to one set, or its images have another shape than a first one's.</exception>
    internal void Check(QuantileDrawing first)
    {
        if (Images.Count == 0 || Images.Count != Numbers.Count) throw new ArgumentException($"A set has {Images.Count} images and {Numbers.Count} numbers; it needs as many, and at least 1.");
        if (Height != first.Height || Width != first.Width || Images.Any(image => image.Length != Height * Width))
            throw new ArgumentException($"All images must be {first.Height}x{first.Width}, as the first set has them.");
    }
}
