namespace SoftPerm.TestKit;

/// <summary>An empty folder for one test, gone afterwards.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("softperm-test-").FullName;

    /// <summary>The path of a file or folder in it, which need not exist.</summary>
    public string At(params string[] names) => System.IO.Path.Combine([Path, .. names]);

    /// <summary>Writes a text file.</summary>
    /// <returns>Its path.</returns>
    public string Text(string name, string content)
    {
        File.WriteAllText(At(name), content);
        return At(name);
    }

    /// <summary>Writes a file.</summary>
    /// <returns>Its path.</returns>
    public string Bytes(string name, byte[] content)
    {
        File.WriteAllBytes(At(name), content);
        return At(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
