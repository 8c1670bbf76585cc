using SkiaSharp;
using SoftPerm.Paper.Datasets;

namespace SoftPerm.Paper.Drawing;

/// <summary>What pictures of images have in common: colours, texts, marks, and how an image becomes paper.</summary>
internal static class PictureStyle
{
    private const float MarkWidth = 30; // with the space before it

    public static readonly SKColor Ink = new(0x24, 0x29, 0x2f), Faint = new(0x6e, 0x77, 0x81), Edge = new(0xd0, 0xd7, 0xde);
    public static readonly SKColor Right = new(0x1a, 0x7f, 0x37), Wrong = new(0xcf, 0x22, 0x2e);

    /// <summary>Writes from a point on, on its baseline.</summary>
    /// <returns>The text's width.</returns>
    public static float DrawText(SKCanvas canvas, string text, float x, float y, float size, SKColor color)
    {
        using var font = new SKFont(PictureFonts.Regular, size);
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        canvas.DrawText(text, x, y, font, paint);
        return font.MeasureText(text);
    }

    /// <summary>The largest size up to a given one at which all texts fit a width, a mark behind them included.</summary>
    public static float FittingSize(IEnumerable<string> texts, SKTypeface face, float size, float width)
    {
        using var font = new SKFont(face, size);
        return size * Math.Min(1, (width - MarkWidth) / texts.Max(text => font.MeasureText(text)));
    }

    /// <summary>Writes around a point on its baseline, with a mark behind where something is right or wrong.</summary>
    public static void DrawCaption(SKCanvas canvas, string text, SKPoint middle, SKTypeface face, float size, SKColor color, bool? right = null)
    {
        using var font = new SKFont(face, size);
        using var paint = new SKPaint { Color = color, IsAntialias = true };
        var length = font.MeasureText(text);
        var left = middle.X - (length + (right is null ? 0 : MarkWidth)) / 2;
        canvas.DrawText(text, left, middle.Y, font, paint);
        if (right is { } isRight) DrawMark(canvas, left + length + 10, middle.Y - size / 3, color, isRight);
    }

    /// <summary>Draws an image into a box with a border.</summary>
    public static void DrawImage(SKCanvas canvas, ImageSet images, int index, SKRect box, SKColor border, float thickness)
    {
        using var image = ToImage(images, index);
        DrawImage(canvas, image, box, border, thickness);
    }

    /// <summary>Draws a grey image of values from 0, paper, to 1, ink.</summary>
    public static void DrawImage(SKCanvas canvas, float[] pixels, int width, int height, SKRect box, SKColor border, float thickness)
    {
        var grey = Array.ConvertAll(pixels, p => (byte)(255 - 255 * Math.Clamp(p, 0f, 1f)));
        using var image = SKImage.FromPixelCopy(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque), grey);
        DrawImage(canvas, image, box, border, thickness);
    }

    /// <summary>How large to show images of a width: small ones grow until a text fits below them.</summary>
    public static int Magnification(int width, int least) => Math.Max(2, (least + width - 1) / width);

    private static void DrawImage(SKCanvas canvas, SKImage image, SKRect box, SKColor border, float thickness)
    {
        canvas.DrawImage(image, box, new SKSamplingOptions(SKCubicResampler.Mitchell));
        using var pen = new SKPaint { Color = border, IsStroke = true, StrokeWidth = thickness, IsAntialias = true };
        canvas.DrawRect(box, pen);
    }

    /// <summary>A tick or a cross, so that red and green are not the only sign.</summary>
    private static void DrawMark(SKCanvas canvas, float x, float y, SKColor color, bool right)
    {
        using var pen = new SKPaint { Color = color, IsStroke = true, StrokeWidth = 3.5f, StrokeCap = SKStrokeCap.Round, StrokeJoin = SKStrokeJoin.Round, IsAntialias = true };
        using var path = SKPath.ParseSvgPathData(right ? "M0 1 L5 7 L15 -7" : "M0 -6 L13 7 M13 -6 L0 7");
        path.Transform(SKMatrix.CreateTranslation(x, y));
        canvas.DrawPath(path, pen);
    }

    /// <summary>Grey images as ink on paper, colours as they are.</summary>
    private static SKImage ToImage(ImageSet images, int index)
    {
        var pixels = images.Image(index).ToArray();
        if (images.Channels == 1)
        {
            var paper = Array.ConvertAll(pixels, value => (byte)(255 - value));
            return SKImage.FromPixelCopy(new SKImageInfo(images.Width, images.Height, SKColorType.Gray8, SKAlphaType.Opaque), paper);
        }

        var plane = images.Height * images.Width;
        byte[] interleaved = [.. Enumerable.Range(0, plane).SelectMany(k => new[] { pixels[k], pixels[plane + k], pixels[2 * plane + k], (byte)255 })];
        return SKImage.FromPixelCopy(new SKImageInfo(images.Width, images.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), interleaved);
    }
}
