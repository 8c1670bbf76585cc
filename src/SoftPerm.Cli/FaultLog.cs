using System.Globalization;

namespace SoftPerm.Cli;

/// <summary>Keeps what a fault report needs and a console does not: the stack trace, the arguments and the version.</summary>
internal static class FaultLog
{
    /// <summary>Writes a log file in the folder for temporary files.</summary>
    /// <returns>Where it is, as the end of a sentence.</returns>
    public static string Write(Exception fault, string[] args)
    {
        var now = DateTimeOffset.UtcNow.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture);
        var path = Path.Combine(Path.GetTempPath(), $"softperm-{now}-{Environment.ProcessId}-{Path.GetRandomFileName()[..4]}.log");
        try
        {
            File.WriteAllText(path, $"{CommandLine.ToolName} {ToolVersion.Text}\narguments: {string.Join(' ', args)}\nsystem: {Environment.OSVersion}, .NET {Environment.Version}\n\n{fault}\n");
            return $"the details are in {path}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"the details could not be written to {path}: {e.Message}";
        }
    }
}
