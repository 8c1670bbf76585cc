namespace SoftPerm.Experiments.Datasets;

/// <summary>A file of a public data set.</summary>
/// <param name="Name">Its name, as published.</param>
/// <param name="Md5">Its published checksum.</param>
/// <param name="UnpackedMd5">For a gzip file that people keep unpacked, too: the checksum of what is inside.</param>
public sealed record PublishedFile(string Name, string Md5, string? UnpackedMd5 = null)
{
    /// <summary>The names under which people keep the file, each with its checksum: as published, unpacked, and unpacked with a dot.</summary>
    internal IEnumerable<(string Name, string Md5)> LocalForms
    {
        get
        {
            yield return (Name, Md5);
            if (UnpackedMd5 is null) yield break;
            var raw = Name[..^".gz".Length];
            yield return (raw, UnpackedMd5);
            yield return (raw.Replace("-idx", ".idx", StringComparison.Ordinal), UnpackedMd5);
        }
    }
}
