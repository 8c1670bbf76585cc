using System.ComponentModel;
using System.Diagnostics;

namespace SoftPerm.Benchmarks;

/// <summary>The working copy this program was built in.</summary>
internal static class Repository
{
    /// <summary>Its folder, or the current one where the program was moved out of it.</summary>
    public static string Root { get; } = Above(AppContext.BaseDirectory).FirstOrDefault(d => File.Exists(Path.Combine(d, "SoftPerm.slnx"))) ?? ".";

    /// <summary>A path inside it.</summary>
    public static string PathTo(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>Whether what is measured differs from the commit; null where git cannot say.</summary>
    public static bool? IsModified()
    {
        try
        {
            var start = new ProcessStartInfo("git", ["status", "--porcelain", "--", "src", "bench", "*.props", "*.targets", ":(exclude)bench/results"])
            {
                WorkingDirectory = Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var git = Process.Start(start)!;
            var changes = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? changes.Length > 0 : null;
        }
        catch (Win32Exception)
        {
            return null; // git is not installed
        }
    }

    private static IEnumerable<string> Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent) yield return at.FullName;
    }
}
