using System.Buffers.Binary;
using System.IO.Compression;
using SoftPerm.Training;

namespace SoftPerm.Paper.Datasets;

/// <summary>Reads the IDX files of MNIST and its relatives, gzip or raw.</summary>
public static class IdxReader
{
    private const int ImagesMagic = 0x803, LabelsMagic = 0x801;

    /// <summary>Reads images and their labels.</summary>
    /// <param name="imagesPath">The images file.</param>
    /// <param name="imagesFile">Its bytes, gzip or raw.</param>
    /// <param name="labelsPath">The labels file.</param>
    /// <param name="labelsFile">Its bytes, gzip or raw.</param>
    /// <exception cref="UserErrorException">A file is not what it should be; the message names it and says how.</exception>
    public static ImageSet Read(string imagesPath, byte[] imagesFile, string labelsPath, byte[] labelsFile)
    {
        var images = Unpacked(imagesPath, imagesFile);
        Require(images.Length >= 16, imagesPath, $"it ends after {images.Length} bytes, within its header of 16");
        RequireMagic(images, ImagesMagic, imagesPath);
        int count = Number(images, 4), height = Number(images, 8), width = Number(images, 12);
        Require(count >= 0 && height is > 0 and <= 4096 && width is > 0 and <= 4096, imagesPath, $"its header says {count} images of {height}×{width}");
        RequireSize(images, 16 + (long)count * height * width, imagesPath, $"{count} images of {height}×{width}");

        var labels = Unpacked(labelsPath, labelsFile);
        Require(labels.Length >= 8, labelsPath, $"it ends after {labels.Length} bytes, within its header of 8");
        RequireMagic(labels, LabelsMagic, labelsPath);
        RequireSize(labels, 8 + (long)Number(labels, 4), labelsPath, $"{Number(labels, 4)} labels");
        Require(Number(labels, 4) == count, labelsPath, $"it has {Number(labels, 4)} labels for the {count} images of {imagesPath}");
        var strange = labels.AsSpan(8).IndexOfAnyExceptInRange((byte)0, (byte)9);
        if (strange >= 0) throw Bad(labelsPath, $"label {strange} is {labels[8 + strange]}, not one of 0 to 9");
        return new ImageSet(1, height, width, images[16..], labels[8..]);
    }

    private static byte[] Unpacked(string path, byte[] file)
    {
        if (!file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B])) return file;
        if (file.Length < 18) throw Bad(path, $"it ends after {file.Length} bytes, too few for gzip");
        try
        {
            using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
            using var raw = new MemoryStream();
            gzip.CopyTo(raw);
            // The stream does not miss a lost end: gzip closes with the length of what is inside.
            var closing = BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(file.Length - 4));
            return closing == (uint)raw.Length ? raw.ToArray() : throw new InvalidDataException("its end is lost or followed by other bytes");
        }
        catch (Exception e) when (e is InvalidDataException or IOException) // IOException: above 2 GB
        {
            throw Bad(path, $"its gzip data is corrupt ({e.Message})", e);
        }
    }

    private static int Number(byte[] file, int at) => BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));

    private static void RequireMagic(byte[] file, int magic, string path) =>
        Require(Number(file, 0) == magic, path, $"its magic number is 0x{Number(file, 0):x}, not 0x{magic:x}");

    private static void RequireSize(byte[] file, long expected, string path, string content) =>
        Require(file.Length == expected, path, $"it has {file.Length} bytes where {content} take {expected}");

    private static void Require(bool holds, string path, string fault)
    {
        if (!holds) throw Bad(path, fault);
    }

    private static UserErrorException Bad(string path, string fault, Exception? cause = null) =>
        new($"{path} is no valid IDX file: {fault}.", cause);
}
