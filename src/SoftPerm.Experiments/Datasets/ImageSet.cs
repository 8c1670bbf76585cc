namespace SoftPerm.Experiments.Datasets;

/// <summary>Labelled images in memory.</summary>
/// <param name="Channels">1 for grey images, 3 for colour.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="Pixels">N × Channels × Height × Width values 0..255, row by row.</param>
/// <param name="Labels">One class number for each of the N images.</param>
public sealed record ImageSet(int Channels, int Height, int Width, byte[] Pixels, byte[] Labels)
{
    /// <summary>N × Channels × Height × Width values 0..255, row by row.</summary>
    public byte[] Pixels { get; } = Pixels.Length == (long)Labels.Length * Channels * Height * Width
        ? Pixels
        : throw new ArgumentException(
            $"{Pixels.Length} pixels do not make {Labels.Length} images of {Channels}x{Height}x{Width}.", nameof(Pixels));

    /// <summary>One class number for each image.</summary>
    public byte[] Labels { get; } = Labels;

    /// <summary>How many images there are.</summary>
    public int Count => Labels.Length;

    /// <summary>Bytes of one image: Channels × Height × Width.</summary>
    public int ImageSize => Channels * Height * Width;

    /// <summary>The pixels of image <paramref name="index"/>, channel by channel, row by row.</summary>
    public ReadOnlySpan<byte> Image(int index) => Pixels.AsSpan(index * ImageSize, ImageSize);

    /// <summary>A copy of <paramref name="count"/> images from image <paramref name="start"/> on.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the set.</exception>
    public ImageSet Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + count, Count, nameof(count));
        return new ImageSet(
            Channels, Height, Width,
            Pixels.AsSpan(start * ImageSize, count * ImageSize).ToArray(),
            Labels.AsSpan(start, count).ToArray());
    }

    /// <summary>A copy of the images at <paramref name="indices"/>, in that order; an index may come twice.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is not in the set.</exception>
    public ImageSet Pick(ReadOnlySpan<int> indices)
    {
        var (pixels, labels) = (new byte[(long)indices.Length * ImageSize], new byte[indices.Length]);
        for (var k = 0; k < indices.Length; k++)
        {
            if (indices[k] < 0 || indices[k] >= Count)
                throw new ArgumentOutOfRangeException(nameof(indices), indices[k], $"Indices must be in 0…{Count - 1}.");
            Image(indices[k]).CopyTo(pixels.AsSpan(k * ImageSize));
            labels[k] = Labels[indices[k]];
        }

        return new ImageSet(Channels, Height, Width, pixels, labels);
    }
}
