using System.Globalization;

namespace SoftPerm.Experiments.Runs;

/// <summary>Progress as lines of plain text: the first report, then one every ten seconds, the last, and every message.</summary>
internal sealed class PlainProgress(TextWriter output, TimeProvider clock) : ITrainingProgress
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private ProgressSnapshot? waiting;
    private long? shownAt;

    public void Report(ProgressSnapshot s)
    {
        waiting = s;
        if (shownAt is null || clock.GetElapsedTime(shownAt.Value) >= Pause) ShowWaiting();
    }

    public void Message(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }

    public void Dispose() => ShowWaiting();

    private void ShowWaiting()
    {
        if (waiting is null) return;
        Message(Line(waiting));
        waiting = null;
        shownAt = clock.GetTimestamp();
    }

    private static string Line(ProgressSnapshot s) => string.Create(
        CultureInfo.InvariantCulture,
        $"step {s.Step:N0}/{s.TotalSteps:N0} ({Math.Floor(100 * s.Done)} %)  loss {s.Training.Loss:F4}  {Measures(s.Training)}  {(s.Lengths is { } lengths ? $"({lengths.Caption})  " : "")}" +
        $"{s.ImagesPerSecond:N0} images/s  {TrainingProgress.Format(s.Elapsed)} elapsed  {TrainingProgress.Format(s.Remaining)} left") +
        (s.Best is { } best ? $"  best validation: {Measures(best)}" : "");

    private static string Measures(Outcome outcome) =>
        string.Join("  ", outcome.Measures.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Title} {m.Value:F3}")));
}
