using System.Globalization;
using Spectre.Console;

namespace SoftPerm.Experiments.Runs;

/// <summary>Shows a person how training goes. Reporting every step is fine: showing is throttled.</summary>
public interface ITrainingProgress : IDisposable
{
    /// <summary>Tells how far training is.</summary>
    void Report(ProgressSnapshot s);

    /// <summary>Shows a line, always, as it stands.</summary>
    void Message(string line);
}

/// <summary>Chooses how progress is shown.</summary>
public static class TrainingProgress
{
    /// <summary>A live display in a terminal; plain lines, at most one every ten seconds, where output goes to a file, a pipe or a log.</summary>
    public static ITrainingProgress Create() =>
        !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities is { Ansi: true, Interactive: true }
            ? new LiveProgress(AnsiConsole.Console)
            : new PlainProgress(Console.Out, TimeProvider.System);

    /// <summary>1:02:03 or 02:03.</summary>
    internal static string Format(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time:mm\\:ss}")
        : time.ToString("mm\\:ss", CultureInfo.InvariantCulture);
}
