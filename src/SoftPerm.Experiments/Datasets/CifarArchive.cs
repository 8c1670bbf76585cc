using System.Formats.Tar;
using System.IO.Compression;

namespace SoftPerm.Experiments.Datasets;

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
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
            Directory.CreateDirectory(partial);
            using (var tar = new TarReader(new GZipStream(File.OpenRead(archive), CompressionMode.Decompress)))
                while (tar.GetNextEntry() is { } entry)
                    if (FileNames.Contains(Path.GetFileName(entry.Name))) entry.ExtractToFile(Path.Combine(partial, Path.GetFileName(entry.Name)), overwrite: false);
            var absent = FileNames.Where(name => !File.Exists(Path.Combine(partial, name))).ToArray();
            if (absent.Length > 0) throw new UserErrorException($"{archive} lacks {string.Join(", ", absent)}.");
            Directory.Move(partial, folder);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{archive} cannot be unpacked into {folder}: {e.Message.Replace(partial, folder, StringComparison.Ordinal)}", e);
        }
        finally
        {
            if (Directory.Exists(partial)) Directory.Delete(partial, recursive: true);
        }
    }
}
