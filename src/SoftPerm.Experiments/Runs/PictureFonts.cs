using SkiaSharp;

namespace SoftPerm.Experiments.Runs;

/// <summary>The sans-serif typeface of the pictures: the first of some common ones that is installed.</summary>
/// <remarks>Skia's own choice on a Linux machine without fontconfig is whatever file comes first, often a serif.</remarks>
internal static class PictureFonts
{
    private static readonly string[] Wanted = ["Inter", "Segoe UI", "Helvetica Neue", "DejaVu Sans", "Liberation Sans", "Noto Sans", "Arial"];

    public static string Family { get; } = Wanted.FirstOrDefault(SKFontManager.Default.FontFamilies.Contains) ?? SKTypeface.Default.FamilyName;

    public static SKTypeface Regular { get; } = SKTypeface.FromFamilyName(Family);

    public static SKTypeface Bold { get; } = SKTypeface.FromFamilyName(Family, SKFontStyle.Bold);
}
