using System.Buffers.Binary;
using System.IO.Compression;
using SoftPerm.Paper.Datasets;

namespace SoftPerm.Paper.Tests.Datasets;

/// <summary>Small files in the format of MNIST, and a data set of them.</summary>
internal static class Idx
{
    public static byte[] Images(int count, int height = 3, int width = 2) =>
        [.. Header(0x803, count, height, width), .. Enumerable.Range(0, count * height * width).Select(i => (byte)(i * 7))];

    public static byte[] Labels(int count) => [.. Header(0x801, count), .. Enumerable.Range(0, count).Select(i => (byte)(i % 10))];

    public static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }

    /// <summary>A data set of 5 training and 3 test images, and its published files.</summary>
    public static (PublishedDataset Set, byte[][] Files) Toy()
    {
        byte[][] raw = [Images(5), Labels(5), Images(3), Labels(3)];
        byte[][] files = [.. raw.Select(Gzip)];
        string[] names = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];
        var published = names.Select((name, k) => new PublishedFile(name, DataFile.Md5(files[k]), DataFile.Md5(raw[k])));
        return (new PublishedDataset("toy", 1, [.. published], []), files);
    }

    private static byte[] Header(params int[] numbers)
    {
        var header = new byte[4 * numbers.Length];
        for (var k = 0; k < numbers.Length; k++) BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 * k), numbers[k]);
        return header;
    }
}
