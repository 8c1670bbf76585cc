using System.IO.Compression;
using static TorchSharp.torch;

namespace SoftPerm.Training.IO;

/// <summary>NumPy's format for several named arrays, .npz: a zip archive of .npy files.</summary>
public static class Npz
{
    private const string Ending = ".npy";
    private static readonly DateTimeOffset Timeless = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes tensors under their names, uncompressed and atomically; equal tensors make equal files.</summary>
    /// <exception cref="ArgumentException">A tensor's element type has no place in .npy; see <see cref="Npy.Write"/>.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> arrays) => AtomicFile.Write(path, stream =>
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, tensor) in arrays)
        {
            var entry = archive.CreateEntry(name + Ending, CompressionLevel.NoCompression);
            entry.LastWriteTime = Timeless;
            using var file = entry.Open();
            Npy.Write(file, tensor);
        }
    });

    /// <summary>Reads every array of an archive.</summary>
    /// <exception cref="UserErrorException">The file is missing, no zip archive, or an array in it is damaged.</exception>
    public static IReadOnlyDictionary<string, NdArray> Read(string path) => FileGuard.Read(path, stream =>
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
        var arrays = new Dictionary<string, NdArray>();
        foreach (var entry in archive.Entries)
        {
            if (!entry.FullName.EndsWith(Ending, StringComparison.Ordinal))
                throw new InvalidDataException($"the archive holds {FileGuard.Quote(entry.FullName)}; allowed are .npy files.");
            if (!arrays.TryAdd(entry.FullName[..^Ending.Length], Array(entry)))
                throw new InvalidDataException($"the archive holds {FileGuard.Quote(entry.FullName)} twice.");
        }

        return arrays;
    });

    private static NdArray Array(ZipArchiveEntry entry)
    {
        try
        {
            using var file = entry.Open();
            return Npy.Read(file, entry.Length);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{FileGuard.Quote(entry.FullName)}: {e.Message}", e);
        }
    }
}
