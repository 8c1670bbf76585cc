namespace SoftPerm.Experiments.Datasets;

/// <summary>A file of a public data set.</summary>
/// <param name="Name">Its name, as published.</param>
/// <param name="Md5">Its published checksum.</param>
public sealed record PublishedFile(string Name, string Md5)
{
    /// <summary>The names under which people keep the file: as published, unpacked, and unpacked with a dot.</summary>
    internal IEnumerable<string> LocalNames
    {
        get
        {
            yield return Name;
            if (!Name.EndsWith(".gz", StringComparison.Ordinal)) yield break;
            var raw = Name[..^3];
            yield return raw;
            yield return raw.Replace("-idx", ".idx", StringComparison.Ordinal);
        }
    }
}
