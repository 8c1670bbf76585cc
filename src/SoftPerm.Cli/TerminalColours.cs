namespace SoftPerm.Cli;

/// <summary>Whether what is printed may have colour codes.</summary>
internal static class TerminalColours
{
    /// <summary>Whether this process's output may.</summary>
    public static bool AreWanted => Wanted(Console.IsOutputRedirected, Environment.GetEnvironmentVariable);

    /// <summary>The same for any process: not in files and pipes, not where NO_COLOR (no-color.org) holds anything, nor in a terminal without codes.</summary>
    internal static bool Wanted(bool redirected, Func<string, string?> variable) =>
        !redirected && string.IsNullOrEmpty(variable("NO_COLOR")) && variable("TERM") != "dumb";
}
