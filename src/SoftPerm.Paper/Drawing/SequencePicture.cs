using System.Globalization;
using SkiaSharp;
using SoftPerm.Training;

namespace SoftPerm.Paper.Drawing;

/// <summary>Draws a sequence as given and, below it, in the order found, with what is right and what is wrong.</summary>
public static class SequencePicture
{
    private const int Margin = 32, Gap = 18, HeadingHeight = 58, CaptionHeight = 84, LeastWidth = 680, MostWidth = 2000;

    /// <summary>Draws the sequence into a PNG file.</summary>
    /// <param name="sequence">The images, their numbers and scores, and the order found.</param>
    /// <param name="pngPath">The file; its folder exists.</param>
    /// <exception cref="ArgumentException">The parts of the sequence do not belong together.</exception>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Draw(SequenceDrawing sequence, string pngPath)
    {
        sequence.Check();
        var tile = TileSize(sequence);
        var columns = Columns(sequence.Count, tile.Width);
        var sectionHeight = HeadingHeight + (sequence.Count + columns - 1) / columns * (tile.Height + CaptionHeight);
        var width = Math.Max(LeastWidth, 2 * Margin + columns * (tile.Width + Gap) - Gap);
        PictureFile.Save(pngPath, width, 2 * Margin + 2 * sectionHeight, Draw, magnification: 1);

        void Draw(SKCanvas canvas)
        {
            canvas.Clear(SKColors.White);
            DrawHeading(canvas, Margin, "as given", "true number and score below each");
            DrawHeading(canvas, Margin + sectionHeight, "order found, largest first", $"{sequence.RightPlaces} of {sequence.Count} places right");
            for (var place = 0; place < sequence.Count; place++)
            {
                var x = Margin + place % columns * (tile.Width + Gap);
                var y = Margin + HeadingHeight + place / columns * (tile.Height + CaptionHeight);
                DrawTile(canvas, sequence, place, SKRect.Create(x, y, tile.Width, tile.Height), right: null);
                DrawTile(canvas, sequence, sequence.FoundOrder[place], SKRect.Create(x, y + sectionHeight, tile.Width, tile.Height), sequence.IsRight(place));
            }
        }
    }

    private static SKSizeI TileSize(SequenceDrawing sequence)
    {
        var scale = PictureStyle.Magnification(sequence.Width, least: 112);
        return new(scale * sequence.Width, scale * sequence.Height);
    }

    /// <summary>As many columns as fit, evened out over the lines.</summary>
    private static int Columns(int count, int tileWidth)
    {
        var fitting = Math.Max(1, (MostWidth + Gap) / (tileWidth + Gap));
        var lines = (count + fitting - 1) / fitting;
        return (count + lines - 1) / lines;
    }

    private static void DrawHeading(SKCanvas canvas, float y, string heading, string remark)
    {
        var width = PictureStyle.DrawText(canvas, heading, Margin, y + 28, 26, PictureStyle.Ink);
        PictureStyle.DrawText(canvas, remark, Margin + width + 24, y + 28, 26, PictureStyle.Faint);
    }

    private static void DrawTile(SKCanvas canvas, SequenceDrawing sequence, int item, SKRect box, bool? right)
    {
        var color = right switch { null => PictureStyle.Ink, true => PictureStyle.Right, false => PictureStyle.Wrong };
        PictureStyle.DrawImage(canvas, sequence.Images[item], sequence.Width, sequence.Height, box, right is null ? PictureStyle.Edge : color, right is null ? 2 : 4);
        var number = sequence.Numbers[item].ToString(CultureInfo.InvariantCulture);
        PictureStyle.DrawCaption(canvas, number, new(box.MidX, box.Bottom + 34), PictureFonts.Bold, 28, color, right);
        PictureStyle.DrawCaption(canvas, sequence.ScoreText(item), new(box.MidX, box.Bottom + 60), PictureFonts.Regular, 20, PictureStyle.Faint);
    }
}

/// <summary>A sequence of images and the order a model found for it, ready to be shown.</summary>
/// <param name="Images">The images in input order, each Height × Width grey values from 0 to 1, row by row.</param>
/// <param name="Height">Height of an image in pixels.</param>
/// <param name="Width">Width of an image in pixels.</param>
/// <param name="Numbers">The number each image shows, in input order.</param>
/// <param name="Scores">The score the model gave each image, in input order; NaN where it gives none.</param>
/// <param name="FoundOrder">Positions in the input, the largest number first as the model sees it.</param>
public sealed record SequenceDrawing(
    IReadOnlyList<float[]> Images,
    int Height,
    int Width,
    IReadOnlyList<int> Numbers,
    IReadOnlyList<double> Scores,
    IReadOnlyList<int> FoundOrder)
{
    /// <summary>The number of images.</summary>
    public int Count => Images.Count;

    /// <summary>Whether the image found at a place belongs there. Images of equal numbers may change places.</summary>
    /// <param name="place">From 0, the largest.</param>
    public bool IsRight(int place) => Numbers[FoundOrder[place]] == Numbers.OrderDescending().ElementAt(place);

    /// <summary>How many places are right.</summary>
    public int RightPlaces => Enumerable.Range(0, Count).Count(IsRight);

    /// <summary>The score of an image as it is shown; nothing where there is none.</summary>
    internal string ScoreText(int item) => double.IsNaN(Scores[item]) ? "" : Scores[item].ToString("F2", CultureInfo.InvariantCulture);

    /// <exception cref="ArgumentException">The parts do not belong to one sequence.</exception>
    internal void Check()
    {
        if (Count == 0) throw new ArgumentException("The sequence has no images; at least 1 is needed.");
        if (Images.FirstOrDefault(i => i.Length != Height * Width) is { } odd)
            throw new ArgumentException($"An image has {odd.Length} pixels; {Height} × {Width} are expected.");
        if (Numbers.Count != Count || Scores.Count != Count)
            throw new ArgumentException($"{Count} images have {Numbers.Count} numbers and {Scores.Count} scores; each needs one of both.");
        if (!FoundOrder.Order().SequenceEqual(Enumerable.Range(0, Count)))
            throw new ArgumentException($"The order [{string.Join(", ", FoundOrder)}] is not a permutation of 0 to {Count - 1}.");
    }
}
