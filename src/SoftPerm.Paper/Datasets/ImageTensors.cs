using System.Runtime.InteropServices;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Paper.Datasets;

/// <summary>Images as tensors.</summary>
internal static class ImageTensors
{
    /// <summary>Copies images from <paramref name="start"/> on.</summary>
    /// <param name="images">The set.</param>
    /// <param name="start">The first image.</param>
    /// <param name="count">How many.</param>
    /// <param name="scale">How bytes become numbers.</param>
    /// <returns>float32 [count, channels, height, width], in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The range leaves the set.</exception>
    /// <exception cref="ArgumentException">The scale has another number of channels.</exception>
    public static Tensor ToTensor(this ImageSet images, int start, int count, PixelScale scale)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)start + count, images.Count, nameof(count));
        var tables = scale.Tables(images.Channels);
        var tensor = empty(count, images.Channels, images.Height, images.Width);
        var numbers = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        var plane = images.Height * images.Width;
        for (var at = 0; at < numbers.Length; at += plane)
        {
            var table = tables[at / plane % images.Channels];
            var from = images.Pixels.AsSpan(start * images.ImageSize + at, plane);
            var to = numbers.Slice(at, plane);
            for (var k = 0; k < from.Length; k++) to[k] = table[from[k]];
        }

        return tensor;
    }

    /// <summary>Copies all images.</summary>
    /// <inheritdoc cref="ToTensor(ImageSet, int, int, PixelScale)"/>
    public static Tensor ToTensor(this ImageSet images, PixelScale scale) => images.ToTensor(0, images.Count, scale);

    /// <summary>The labels, int64 [N], in the caller's dispose scope.</summary>
    public static Tensor LabelTensor(this ImageSet images) => tensor(Array.ConvertAll(images.Labels, label => (long)label));
}

/// <summary>How bytes become numbers: <c>(byte / 255 - mean) / deviation</c>, for each channel its own.</summary>
/// <param name="Means">The mean of each channel.</param>
/// <param name="Deviations">The standard deviation of each channel, positive.</param>
public sealed record PixelScale(IReadOnlyList<double> Means, IReadOnlyList<double> Deviations)
{
    /// <summary>From 0 to 1, whatever the channels.</summary>
    public static PixelScale Unit { get; } = new([], []);

    /// <summary>The scale the paper's code has for a data set: CIFAR-10 and Fashion-MNIST normalised, others from 0 to 1.</summary>
    /// <param name="dataset">The data set's name.</param>
    public static PixelScale Of(string dataset) =>
        dataset == PublishedDataset.FashionMnist.Name ? new([.2860], [.3530])
        : dataset == PublishedDataset.Cifar10.Name || dataset == CifarImages.Sample ? new([.4914, .4822, .4465], [.2023, .1994, .2010])
        : Unit;

    /// <summary>The number of each byte, for each of a set's channels.</summary>
    /// <exception cref="ArgumentException">The scale has another number of channels.</exception>
    internal float[][] Tables(int channels)
    {
        if (this == Unit) return [.. Enumerable.Repeat(Table(0, 1), channels)];
        if (Means.Count != channels || Deviations.Count != channels)
            throw new ArgumentException($"The scale has {Means.Count} means and {Deviations.Count} deviations; the images have {channels} channels.");
        return [.. Means.Zip(Deviations, Table)];
    }

    private static float[] Table(double mean, double deviation) =>
        [.. Enumerable.Range(0, 256).Select(value => (float)((value / 255.0 - mean) / deviation))];
}
