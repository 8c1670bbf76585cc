namespace SoftPerm.Experiments.Datasets;

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
