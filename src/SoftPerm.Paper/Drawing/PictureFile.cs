using SkiaSharp;
using SoftPerm.Training;
using SoftPerm.Training.IO;

namespace SoftPerm.Paper.Drawing;

/// <summary>Pictures as PNG files.</summary>
public static class PictureFile
{
    /// <summary>How much larger than laid out plots are: sharp on dense screens, and when a page shows them smaller.</summary>
    private const int Plots = 2;

    private const string Ending = ".png";

    /// <summary>Checks where a picture is to go, before it is worth drawing.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UserErrorException">It has another ending than .png, is a folder, or is in a folder that does not exist.</exception>
    public static void Check(string path)
    {
        if (!Path.GetExtension(path).Equals(Ending, StringComparison.OrdinalIgnoreCase))
            throw new UserErrorException($"{(path.Length == 0 ? "The picture's name is empty" : $"{path} ends in '{Path.GetExtension(path)}'")}; allowed is {Ending}.");
        if (Directory.Exists(path)) throw new UserErrorException($"{path} is a folder; name a {Ending} file.");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
            throw new UserErrorException($"{path}: {(File.Exists(folder) ? $"{folder} is a file, not a folder" : $"the folder {folder} does not exist")}.");
    }

    /// <summary>Writes what is drawn, whole or not at all.</summary>
    /// <param name="pngPath">The file; its folder exists.</param>
    /// <param name="width">The width that is drawn on.</param>
    /// <param name="height">The height that is drawn on.</param>
    /// <param name="draw">Draws.</param>
    /// <param name="magnification">Pixels for a unit of that width.</param>
    /// <exception cref="UserErrorException">As for <see cref="Check"/>, or the file cannot be written.</exception>
    internal static void Save(string pngPath, int width, int height, Action<SKCanvas> draw, int magnification = Plots)
    {
        Check(pngPath);
        using var surface = SKSurface.Create(new SKImageInfo(magnification * width, magnification * height));
        surface.Canvas.Scale(magnification);
        draw(surface.Canvas);
        using var png = surface.Snapshot().Encode(SKEncodedImageFormat.Png, quality: 100);
        FileGuard.Run("write", pngPath, () => AtomicFile.Write(pngPath, png.SaveTo));
    }
}

/// <summary>The sans-serif typeface of the pictures: the first of some common ones that is installed.</summary>
/// <remarks>Skia's own choice on a Linux machine without fontconfig is whatever file comes first, often a serif.</remarks>
internal static class PictureFonts
{
    private static readonly string[] Wanted = ["Inter", "Segoe UI", "Helvetica Neue", "DejaVu Sans", "Liberation Sans", "Noto Sans", "Arial"];

    public static string Family { get; } = Wanted.FirstOrDefault(SKFontManager.Default.FontFamilies.Contains) ?? SKTypeface.Default.FamilyName;

    public static SKTypeface Regular { get; } = SKTypeface.FromFamilyName(Family);

    public static SKTypeface Bold { get; } = SKTypeface.FromFamilyName(Family, SKFontStyle.Bold);
}
