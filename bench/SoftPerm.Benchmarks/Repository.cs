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

    /// <summary>Whether what is measured differs from a commit, in files changed or new since; null where git cannot say.</summary>
    /// <param name="commit">The commit that this program was built from: what was changed then may be committed by now.</param>
    public static bool? IsModified(string commit) =>
        Git("diff", "--name-only", commit) is { } changed && Git("ls-files", "--others", "--exclude-standard") is { } added ? changed.Length + added.Length > 0 : null;

    /// <summary>What git says of the sources; null if it fails.</summary>
    private static string? Git(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("git", [.. arguments, "--", "src", "bench", "*.props", "*.targets", ":(exclude)bench/results"])
            {
                WorkingDirectory = Root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var git = Process.Start(start)!;
            var answer = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? answer : null;
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
