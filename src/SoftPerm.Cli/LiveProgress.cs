using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using SoftPerm.Training;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SoftPerm.Cli;

/// <summary>Progress as a display that renews itself in place, four times a second; messages scroll by above it.</summary>
/// <remarks>One thread alone writes to the console. Training only leaves the newest snapshot and its messages for it.</remarks>
internal sealed class LiveProgress : IProgressDisplay
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);
    private readonly IAnsiConsole console;
    private readonly ConcurrentQueue<string> messages = new();
    private readonly ManualResetEventSlim ended = new();
    private readonly Task display;
    private volatile StepProgress? newest;

    public LiveProgress(IAnsiConsole console)
    {
        this.console = console;
        display = Task.Factory.StartNew(Show, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public void Report(TrainingProgress progress)
    {
        if (progress is StepProgress step) newest = step;
        if (progress is NoteProgress note) messages.Enqueue(Words.Of(note.Text));
    }

    public void Dispose()
    {
        ended.Set();
        display.GetAwaiter().GetResult();
    }

    private void Show() => console.Live(new Text("starting …")).Start(live =>
    {
        while (!ended.Wait(Refresh)) Update(live);
        Update(live);
    });

    private void Update(LiveDisplayContext live)
    {
        while (messages.TryDequeue(out var line)) console.Write(FullWidth(line));
        if (newest is { } s) live.UpdateTarget(LiveFigures.Picture(s, console.Profile.Width, console.Profile.Capabilities.Unicode));
    }

    /// <summary>A message over the whole width, for it lands where the display was and must cover it.</summary>
    private static Panel FullWidth(string line) => new(new Text(line)) { Border = BoxBorder.None, Padding = new Padding(0), Expand = true };
}

/// <summary>The picture of <see cref="LiveProgress"/>: a bar and the figures, side by side where the terminal is wide enough, and below each other where it is not.</summary>
internal static class LiveFigures
{
    private const int WidestBar = 60, Gap = 2;

    /// <summary>Draws for a terminal of so many columns.</summary>
    /// <param name="s">How far training is.</param>
    /// <param name="columns">The columns of the terminal.</param>
    /// <param name="unicode">Whether it shows more than ASCII.</param>
    public static IRenderable Picture(StepProgress s, int columns, bool unicode)
    {
        var lines = Table([.. Figures(s)], columns).Select(line => (IRenderable)new Text(line));
        return new Rows([Bar(s.Done, Math.Min(WidestBar, Math.Max(1, columns - 1)), unicode), .. lines, .. s.Lengths is { } lengths ? [new Text($"({lengths.Caption})")] : Array.Empty<IRenderable>()]);
    }

    /// <summary>Done and left differ in shape: colours may be off.</summary>
    private static Paragraph Bar(double done, int columns, bool unicode)
    {
        var filled = (int)Math.Round(done * columns);
        return new Paragraph()
            .Append(new string(unicode ? '█' : '#', filled), Color.Green)
            .Append(new string(unicode ? '░' : '.', columns - filled), Color.Grey);
    }

    /// <summary>Pairs of a name and a figure, two pairs to a row.</summary>
    private static IEnumerable<string[]> Figures(StepProgress s)
    {
        yield return ["step", Invariant($"{s.Step:N0} of {s.TotalSteps:N0}"), "images/s", Invariant($"{s.ItemsPerSecond:N0}")];
        yield return ["loss", Invariant($"{s.Training.Loss:F4}"), "elapsed", ProgressDisplay.Format(s.Elapsed)];
        yield return ["done", Invariant($"{Math.Floor(100 * s.Done)} %"), "left", ProgressDisplay.Format(s.Remaining)];
        foreach (var measure in s.Training.Measures)
            yield return [measure.Title, Percent(measure.Value), "best validation", s.Best is { } best ? Percent(best[measure.Name]) : "none yet"];
    }

    private static IEnumerable<string> Table(string[][] rows, int columns)
    {
        if (Widths(rows).Sum() + (3 * Gap) > columns) rows = [.. rows.SelectMany(row => row.Chunk(2))];
        var widths = Widths(rows);
        foreach (var row in rows)
        {
            var line = new StringBuilder();
            foreach (var (k, cell) in row.Index()) line.Append(cell.PadRight(widths[k] + Gap));
            yield return line.ToString().TrimEnd();
        }
    }

    private static int[] Widths(string[][] rows) => [.. Enumerable.Range(0, rows[0].Length).Select(k => rows.Max(row => row[k].Length))];

    private static string Percent(double proportion) => Invariant($"{100 * proportion:F1} %");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
