using SkiaSharp;
using SoftPerm.Experiments.Files;

namespace SoftPerm.Experiments.Runs;

/// <summary>Pictures as PNG files.</summary>
internal static class PictureFile
{
    /// <summary>How much larger than laid out plots are: sharp on dense screens, and when a page shows them smaller.</summary>
    private const int Plots = 2;

    /// <summary>Writes what is drawn, whole or not at all.</summary>
    /// <param name="pngPath">The file; its folder exists.</param>
    /// <param name="width">The width that is drawn on.</param>
    /// <param name="height">The height that is drawn on.</param>
    /// <param name="draw">Draws.</param>
    /// <param name="magnification">Pixels for a unit of that width.</param>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public static void Save(string pngPath, int width, int height, Action<SKCanvas> draw, int magnification = Plots)
    {
        using var surface = SKSurface.Create(new SKImageInfo(magnification * width, magnification * height));
        surface.Canvas.Scale(magnification);
        draw(surface.Canvas);
        using var png = surface.Snapshot().Encode(SKEncodedImageFormat.Png, quality: 100);
        FileGuard.Run("write", pngPath, () => AtomicFile.Write(pngPath, png.SaveTo));
    }
}
