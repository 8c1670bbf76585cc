using System.Globalization;
using SkiaSharp;
using SoftPerm.Training;

namespace SoftPerm.Paper.Drawing;

/// <summary>Draws a sequence as given and, below it, in the order found, with what is right and what is wrong.</summary>
public static class SequencePicture
{
    private const int Margin = 32, Gap = 18, HeadingHeight = 58, CaptionHeight = 84, LeastWidth = 680, MostWidth = 2000;
    private static readonly SKColor Ink = new(0x24, 0x29, 0x2f), Faint = new(0x6e, 0x77, 0x81), Edge = new(0xd0, 0xd7, 0xde);
    private static readonly SKColor Right = new(0x1a, 0x7f, 0x37), Wrong = new(0xcf, 0x22, 0x2e);

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
        var scale = Math.Max(2, (112 + sequence.Width - 1) / sequence.Width); // small images grow until a score fits below them
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
        using var font = new SKFont(PictureFonts.Regular, 26);
        using var ink = new SKPaint { Color = Ink, IsAntialias = true };
        using var faint = new SKPaint { Color = Faint, IsAntialias = true };
        canvas.DrawText(heading, Margin, y + 28, font, ink);
        canvas.DrawText(remark, Margin + font.MeasureText(heading) + 24, y + 28, font, faint);
    }

    private static void DrawTile(SKCanvas canvas, SequenceDrawing sequence, int item, SKRect box, bool? right)
    {
        var color = right switch { null => Ink, true => Right, false => Wrong };
        using var image = InkOnPaper(sequence.Images[item], sequence.Width, sequence.Height);
        canvas.DrawImage(image, box, new SKSamplingOptions(SKCubicResampler.Mitchell));
        using var border = new SKPaint { Color = right is null ? Edge : color, IsStroke = true, StrokeWidth = right is null ? 2 : 4, IsAntialias = true };
        canvas.DrawRect(box, border);

        using var numberFont = new SKFont(PictureFonts.Bold, 28);
        using var scoreFont = new SKFont(PictureFonts.Regular, 20);
        using var numberPaint = new SKPaint { Color = color, IsAntialias = true };
        using var scorePaint = new SKPaint { Color = Faint, IsAntialias = true };
        var number = sequence.Numbers[item].ToString(CultureInfo.InvariantCulture);
        canvas.DrawText(number, box.MidX, box.Bottom + 34, SKTextAlign.Center, numberFont, numberPaint);
        canvas.DrawText(sequence.ScoreText(item), box.MidX, box.Bottom + 60, SKTextAlign.Center, scoreFont, scorePaint);
        if (right is { } isRight) DrawMark(canvas, box.MidX + numberFont.MeasureText(number) / 2 + 10, box.Bottom + 24, color, isRight);
    }

    /// <summary>A tick or a cross, so that red and green are not the only sign.</summary>
    private static void DrawMark(SKCanvas canvas, float x, float y, SKColor color, bool right)
    {
        using var pen = new SKPaint { Color = color, IsStroke = true, StrokeWidth = 3.5f, StrokeCap = SKStrokeCap.Round, StrokeJoin = SKStrokeJoin.Round, IsAntialias = true };
        using var path = SKPath.ParseSvgPathData(right ? "M0 1 L5 7 L15 -7" : "M0 -6 L13 7 M13 -6 L0 7");
        path.Transform(SKMatrix.CreateTranslation(x, y));
        canvas.DrawPath(path, pen);
    }

    private static SKImage InkOnPaper(float[] pixels, int width, int height)
    {
        var grey = Array.ConvertAll(pixels, p => (byte)(255 - 255 * Math.Clamp(p, 0f, 1f)));
        return SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), grey);
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
