using System.Formats.Tar;
using System.IO.Compression;
using SoftPerm.Training;
using SoftPerm.Training.IO;

namespace SoftPerm.Paper.Datasets;

/// <summary>Opens CIFAR-10: the published archive, or a slice of its first file for trying things out.</summary>
internal static class CifarImages
{
    /// <summary>The slice's name.</summary>
    public const string Sample = "cifar-10-sample";

    private const string SampleFile = "data_batch_1_first4000.bin";
    private const int SampleTest = 1000;

    /// <summary>The 50,000 training and 10,000 test images.</summary>
    public static ImageDataset Open(string? dataDirectory)
    {
        var (archive, _, md5) = DatasetCatalog.ReadChecked(PublishedDataset.Cifar10, PublishedDataset.Cifar10.Files[0], dataDirectory);
        CifarArchive.Unpack(archive);
        ImageSet[] files = [.. CifarArchive.FileNames.Select(name => CifarReader.Read(Path.Combine(CifarArchive.FolderOf(archive), name)))];
        var first = files[0];
        var train = new ImageSet(
            first.Channels, first.Height, first.Width, [.. files[..^1].SelectMany(f => f.Pixels)], [.. files[..^1].SelectMany(f => f.Labels)]);
        return new ImageDataset(PublishedDataset.Cifar10.Name, train, files[^1], new Dictionary<string, string> { [Path.GetFileName(archive)] = md5 });
    }

    /// <summary>The first 4,000 training images, the last 1,000 of them for the test.</summary>
    public static ImageDataset OpenSample(string? dataDirectory)
    {
        var path = DataFolders.Searched(dataDirectory).SelectMany(root => new[] { Path.Combine(root, Sample, SampleFile), Path.Combine(root, SampleFile) })
            .FirstOrDefault(File.Exists) ?? throw new UserErrorException(
                $"{SampleFile} is in none of: {string.Join(", ", DataFolders.Searched(dataDirectory))}. It is the first 4,000 records of CIFAR-10's data_batch_1.bin.");
        var all = CifarReader.Read(path);
        if (all.Count <= SampleTest) throw new UserErrorException($"{path} has {all.Count} images; more than {SampleTest} are needed.");
        return new ImageDataset(
            Sample, all.Slice(0, all.Count - SampleTest), all.Slice(all.Count - SampleTest, SampleTest),
            new Dictionary<string, string> { [SampleFile] = DataFile.Md5(DataFile.Read(path)) });
    }
}

/// <summary>The published archive of CIFAR-10 and the folder it is unpacked into, which is there whole or not at all.</summary>
internal static class CifarArchive
{
    /// <summary>Images of each file.</summary>
    public const int ImagesPerFile = 10_000;

    /// <summary>The files of images: five for training, the last for the test.</summary>
    public static IReadOnlyList<string> FileNames { get; } = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin"), "test_batch.bin"];

    /// <summary>The folder beside the archive.</summary>
    public static string FolderOf(string archive) => Path.Combine(Path.GetDirectoryName(archive)!, "cifar-10-batches-bin");

    /// <summary>Unpacks the files of images beside the archive, unless that was done before.</summary>
    /// <exception cref="UserErrorException">The archive lacks one of them, or the folder cannot be written.</exception>
    public static void Unpack(string archive)
    {
        var folder = FolderOf(archive);
        if (Directory.Exists(folder)) return;
        var partial = folder + ".part";
        try
        {
            FileGuard.Run($"unpack '{archive}' into", folder, () => UnpackInto(partial, archive), temporary: partial);
            var absent = FileNames.Where(name => !File.Exists(Path.Combine(partial, name))).ToArray();
            if (absent.Length > 0) throw new UserErrorException($"{archive} lacks {string.Join(", ", absent)}.");
            FileGuard.Run("make", folder, () => Directory.Move(partial, folder), temporary: partial);
        }
        finally
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        }
    }

    private static void UnpackInto(string partial, string archive)
    {
        if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        Directory.CreateDirectory(partial);
        FileGuard.Read(archive, file =>
        {
            using var tar = new TarReader(new GZipStream(file, CompressionMode.Decompress));
            while (tar.GetNextEntry() is { } entry)
                if (FileNames.Contains(Path.GetFileName(entry.Name))) entry.ExtractToFile(Path.Combine(partial, Path.GetFileName(entry.Name)), overwrite: false);
            return partial;
        });
    }
}

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
