using System.Globalization;
using SoftPerm.Training;
using Spectre.Console;

namespace SoftPerm.Cli;

/// <summary>Shows a person how training goes. Reporting every step is fine: showing is throttled.</summary>
internal interface IProgressDisplay : IProgress<TrainingProgress>, IDisposable;

/// <summary>Chooses how progress is shown.</summary>
internal static class ProgressDisplay
{
    /// <summary>A live display in a terminal; plain lines, at most one every ten seconds, where output goes to a file, a pipe or a log.</summary>
    public static IProgressDisplay Create() =>
        !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities is { Ansi: true, Interactive: true }
            ? new LiveProgress(AnsiConsole.Console)
            : new PlainProgress(Console.Out, TimeProvider.System);

    /// <summary>1:02:03 or 02:03.</summary>
    public static string Format(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time:mm\\:ss}")
        : time.ToString("mm\\:ss", CultureInfo.InvariantCulture);
}

/// <summary>Progress as lines of plain text: the first step of a run, then one every ten seconds, the last, and every note.</summary>
internal sealed class PlainProgress(TextWriter output, TimeProvider clock) : IProgressDisplay
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private StepProgress? waiting;
    private long? shownAt;

    public void Report(TrainingProgress progress)
    {
        if (progress is NoteProgress note) Write(Words.Of(note.Text));
        if (progress is not StepProgress step) return;
        waiting = step;
        if (shownAt is null || step.Step == step.TotalSteps || clock.GetElapsedTime(shownAt.Value) >= Pause) ShowWaiting();
    }

    public void Dispose() => ShowWaiting();

    private void ShowWaiting()
    {
        if (waiting is null) return;
        Write(Line(waiting));
        waiting = null;
        shownAt = clock.GetTimestamp();
    }

    private void Write(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }

    private static string Line(StepProgress s) => string.Create(
        CultureInfo.InvariantCulture,
        $"step {s.Step:N0}/{s.TotalSteps:N0} ({Math.Floor(100 * s.Done)} %)  loss {s.Training.Loss:F4}  {Measures(s.Training)}  {(s.Lengths is { } lengths ? $"({lengths.Caption})  " : "")}" +
        $"{s.ItemsPerSecond:N0} images/s  {ProgressDisplay.Format(s.Elapsed)} elapsed  {ProgressDisplay.Format(s.Remaining)} left") +
        (s.Best is { } best ? $"  best validation: {Measures(best)}" : "");

    private static string Measures(Metrics metrics) =>
        string.Join("  ", metrics.Measures.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Title} {m.Value:F3}")));
}
