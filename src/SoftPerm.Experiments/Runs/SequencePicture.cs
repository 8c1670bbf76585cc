using System.Globalization;
using SkiaSharp;

namespace SoftPerm.Experiments.Runs;

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
