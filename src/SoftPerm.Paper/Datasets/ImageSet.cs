namespace SoftPerm.Paper.Datasets;

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

/// <summary>A data set with its training and test images.</summary>
/// <param name="Name">The name it was opened by, such as <c>mnist</c>.</param>
/// <param name="Train">The training images, in the published order.</param>
/// <param name="Test">The test images, in the published order.</param>
/// <param name="Checksums">MD5 of each file, or of what a recipe made: file name or recipe to 32 hex digits.</param>
public sealed record ImageDataset(
    string Name, ImageSet Train, ImageSet Test, IReadOnlyDictionary<string, string> Checksums);

/// <summary>Digits for training, validation and test, which never mix.</summary>
/// <param name="Train">The training images but the last twelfth: 55,000 of MNIST's 60,000.</param>
/// <param name="Validation">The last twelfth of the training images: 5,000 of MNIST's.</param>
/// <param name="Test">The test images: MNIST's 10,000.</param>
public sealed record DigitSplits(ImageSet Train, ImageSet Validation, ImageSet Test)
{
    /// <summary>Splits a data set.</summary>
    public static DigitSplits Of(ImageDataset data)
    {
        var kept = data.Train.Count - data.Train.Count / 12;
        return new DigitSplits(data.Train.Slice(0, kept), data.Train.Slice(kept, data.Train.Count - kept), data.Test);
    }
}
