using System.Runtime.CompilerServices;

namespace SoftPerm.TestKit;

/// <summary>The repository that the tests were built in.</summary>
public static class RepositoryFolder
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "../../.."));

    /// <summary>A file or folder of it.</summary>
    public static string At(params string[] names) => Path.Combine([Root, .. names]);

    private static string Here([CallerFilePath] string here = "") => here;
}
