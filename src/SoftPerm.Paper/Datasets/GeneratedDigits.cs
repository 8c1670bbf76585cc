using SoftPerm.Training;

namespace SoftPerm.Paper.Datasets;

/// <summary>Digits 0 to 9 that look written by hand, drawn on the spot: a data set that needs no file and no network.</summary>
/// <remarks>
/// Image i is a pure function of (seed, i) in integer and IEEE arithmetic: the same bytes on every machine.
/// A digit has two or three styles; each image varies points, bend, size, slant, rotation, place, pen and ink.
/// </remarks>
public static class GeneratedDigits
{
    /// <summary>Rows and columns of an image, as in MNIST.</summary>
    public const int Size = 28;

    /// <summary>Draws images <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1 of the endless series of <paramref name="seed"/>.</summary>
    /// <param name="seed">Names the series.</param>
    /// <param name="first">Number of the first image, at least 0.</param>
    /// <param name="count">How many images, 0 to 2.7 million: they fit one array.</param>
    public static ImageSet Draw(ulong seed, long first, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Array.MaxLength / (Size * Size));
        var pixels = new byte[count * Size * Size];
        var labels = new byte[count];
        Parallel.For(0, count, i => labels[i] = (byte)DrawImage(
            new SplitMix64(seed, (ulong)(first + i)), pixels.AsSpan(i * Size * Size, Size * Size)));
        return new ImageSet(1, Size, Size, pixels, labels);
    }

    private static int DrawImage(SplitMix64 random, Span<byte> image)
    {
        // 1. What to write, and how.
        var digit = random.Below(10);
        var glyph = Glyphs.ByDigit[digit][random.Below(Glyphs.ByDigit[digit].Length)];
        var hand = new Handwriting(ref random);
        // 2. Write it.
        Span<double> coverage = stackalloc double[Size * Size];
        coverage.Clear();
        var canvas = new Canvas(coverage, Size);
        var points = hand.Place(glyph, Size, ref random);
        foreach (var stroke in glyph.Strokes) canvas.DrawStroke(points, stroke, hand);
        // 3. From coverage to grey values.
        for (var i = 0; i < image.Length; i++)
            if (coverage[i] > 0)
                image[i] = (byte)Math.Min(255, hand.Ink * coverage[i] * (1 - hand.Grain * random.Unit()));
        return digit;
    }
}
