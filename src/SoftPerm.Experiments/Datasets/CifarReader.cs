namespace SoftPerm.Experiments.Datasets;

/// <summary>Reads the CIFAR-10 binary format: records of a label byte and 3×32×32 pixel bytes, channel after channel.</summary>
public static class CifarReader
{
    private const int Side = 32, Channels = 3, Pixels = Channels * Side * Side, Record = 1 + Pixels;

    /// <summary>Reads the records of one file, which may be a prefix of a published batch.</summary>
    /// <exception cref="UserErrorException">The file cannot be read, does not hold whole records, or has a label above 9.</exception>
    public static ImageSet Read(string path)
    {
        var file = DataFile.Read(path);
        if (file.Length == 0 || file.Length % Record != 0)
            throw new UserErrorException($"{path} is no valid CIFAR-10 file: its {file.Length} bytes do not make whole records of {Record}.");
        var count = file.Length / Record;
        byte[] pixels = new byte[count * Pixels], labels = new byte[count];
        for (var k = 0; k < count; k++)
        {
            labels[k] = file[k * Record];
            if (labels[k] > 9) throw new UserErrorException($"{path} is no valid CIFAR-10 file: record {k} has label {labels[k]}; allowed: 0 to 9.");
            file.AsSpan(k * Record + 1, Pixels).CopyTo(pixels.AsSpan(k * Pixels));
        }

        return new ImageSet(Channels, Side, Side, pixels, labels);
    }
}
