namespace SoftPerm.Experiments.Datasets;

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
