using System.Runtime.InteropServices;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Experiments.Datasets;

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
