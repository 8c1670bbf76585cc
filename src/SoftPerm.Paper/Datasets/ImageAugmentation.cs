using SoftPerm.Training;

namespace SoftPerm.Paper.Datasets;

/// <summary>Varies training images as is usual for CIFAR-10.</summary>
internal static class ImageAugmentation
{
    private const int Padding = 4;

    /// <summary>Moves each image by up to 4 pixels either way, black coming in at the edges, and mirrors it with probability ½.</summary>
    /// <param name="images">The images.</param>
    /// <param name="seed">Names the series.</param>
    /// <param name="first">The number of the first image's draw in the series; the others follow. Equal numbers make equal images.</param>
    public static ImageSet CropAndFlip(this ImageSet images, ulong seed, ulong first)
    {
        var pixels = new byte[images.Pixels.Length];
        for (var k = 0; k < images.Count; k++)
        {
            var random = new SplitMix64(seed, first + (ulong)k);
            var (down, right) = (random.Below(2 * Padding + 1) - Padding, random.Below(2 * Padding + 1) - Padding);
            Move(images, images.Image(k), pixels.AsSpan(k * images.ImageSize, images.ImageSize), down, right, mirror: random.Below(2) == 1);
        }

        return new ImageSet(images.Channels, images.Height, images.Width, pixels, images.Labels);
    }

    private static void Move(ImageSet shape, ReadOnlySpan<byte> from, Span<byte> to, int down, int right, bool mirror)
    {
        var (left, width) = (Math.Max(0, right), shape.Width - Math.Abs(right));
        for (var line = 0; line < shape.Channels * shape.Height; line++)
        {
            var row = line % shape.Height;
            if (row - down < 0 || row - down >= shape.Height) continue;
            from.Slice((line - down) * shape.Width + left - right, width).CopyTo(to[(line * shape.Width + left)..]);
            if (mirror) to.Slice(line * shape.Width, shape.Width).Reverse();
        }
    }
}
