using SoftPerm.Training;

namespace SoftPerm.Paper.Datasets;

/// <summary>Finds the files of public data sets and checks them.</summary>
public static class DatasetVerifier
{
    /// <summary>The files of a data set that are there, without reading them.</summary>
    /// <param name="dataset">The data set.</param>
    /// <param name="dataDirectory">A folder of data sets; null for <c>SOFTPERM_DATA</c>, then the user's cache.</param>
    public static IReadOnlyList<FileInfo> Found(PublishedDataset dataset, string? dataDirectory) =>
        [.. dataset.Files.Select(f => DataFolders.Find(dataset, f, dataDirectory)?.Path).OfType<string>().Select(path => new FileInfo(path))];

    /// <summary>Reads every file of a data set and checks its checksum and its structure.</summary>
    /// <returns>The files as they are checked.</returns>
    /// <exception cref="UserErrorException">A file is missing, altered or malformed.</exception>
    public static IEnumerable<VerifiedFile> Verify(PublishedDataset dataset, string? dataDirectory) =>
        dataset.Name == PublishedDataset.Cifar10.Name ? VerifyCifar(dataset, dataDirectory) : VerifyIdx(dataset, dataDirectory);

    private static IEnumerable<VerifiedFile> VerifyIdx(PublishedDataset dataset, string? dataDirectory)
    {
        for (var k = 0; k < dataset.Files.Count; k += 2)
        {
            var images = DatasetCatalog.ReadChecked(dataset, dataset.Files[k], dataDirectory);
            var labels = DatasetCatalog.ReadChecked(dataset, dataset.Files[k + 1], dataDirectory);
            var set = IdxReader.Read(images.Path, images.Bytes, labels.Path, labels.Bytes);
            yield return new VerifiedFile(images.Path, $"{set.Count} images of {set.Height}×{set.Width}", images.Md5);
            yield return new VerifiedFile(labels.Path, $"{set.Count} labels", labels.Md5);
        }
    }

    private static IEnumerable<VerifiedFile> VerifyCifar(PublishedDataset dataset, string? dataDirectory)
    {
        var (archive, bytes, archiveMd5) = DatasetCatalog.ReadChecked(dataset, dataset.Files[0], dataDirectory);
        yield return new VerifiedFile(archive, $"archive of {bytes.Length} bytes", archiveMd5);
        var folder = CifarArchive.FolderOf(archive);
        if (!Directory.Exists(folder)) yield break;
        foreach (var path in CifarArchive.FileNames.Select(name => Path.Combine(folder, name)))
        {
            var set = CifarReader.Read(path);
            if (set.Count != CifarArchive.ImagesPerFile)
                throw new UserErrorException($"{path} has {set.Count} images where {CifarArchive.ImagesPerFile} were published. Remove {folder}.") { Remedy = new FetchDataset(dataset.Name, dataDirectory) };
            yield return new VerifiedFile(path, $"{set.Count} images of {set.Channels}×{set.Height}×{set.Width}", DataFile.Md5OfFile(path));
        }
    }
}

/// <summary>A file of a data set that was read whole and found right.</summary>
/// <param name="Path">The file.</param>
/// <param name="Content">What is in it, such as "60000 images of 28×28".</param>
/// <param name="Md5">Its checksum.</param>
public sealed record VerifiedFile(string Path, string Content, string Md5);
