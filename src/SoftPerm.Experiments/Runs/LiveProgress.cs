using System.Collections.Concurrent;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SoftPerm.Experiments.Runs;

/// <summary>Progress as a display that renews itself in place, four times a second; messages scroll by above it.</summary>
/// <remarks>One thread alone writes to the console. Training only leaves the newest snapshot and its messages for it.</remarks>
internal sealed class LiveProgress : ITrainingProgress
{
    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(250);
    private readonly IAnsiConsole console;
    private readonly ConcurrentQueue<string> messages = new();
    private readonly ManualResetEventSlim ended = new();
    private readonly Task display;
    private volatile ProgressSnapshot? newest;

    public LiveProgress(IAnsiConsole console)
    {
        this.console = console;
        display = Task.Factory.StartNew(Show, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public void Report(ProgressSnapshot s) => newest = s;

    public void Message(string line) => messages.Enqueue(line);

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
        if (newest is { } s) live.UpdateTarget(Picture(s));
    }

    /// <summary>A message over the whole width, for it lands where the display was and must cover it.</summary>
    private static Panel FullWidth(string line) => new(new Text(line)) { Border = BoxBorder.None, Padding = new Padding(0), Expand = true };

    internal static IRenderable Picture(ProgressSnapshot s)
    {
        var figures = new Grid().AddColumns(4)
            .AddRow("step", Invariant($"{s.Step:N0} of {s.TotalSteps:N0}"), "images/s", Invariant($"{s.ImagesPerSecond:N0}"))
            .AddRow("loss", Invariant($"{s.Training.Loss:F4}"), "elapsed", TrainingProgress.Format(s.Elapsed))
            .AddRow("", "", "left", TrainingProgress.Format(s.Remaining));
        foreach (var measure in s.Training.Measures)
            figures.AddRow(measure.Title, Percent(measure.Value), "best validation", s.Best is { } best ? Percent(best[measure.Name]) : "none yet");
        return new Rows(
            new BreakdownChart().HideTags().Width(60).AddItem("done", s.Done, Color.Green).AddItem("left", 1 - s.Done, Color.Grey), figures);
    }

    private static string Percent(double proportion) => Invariant($"{100 * proportion:F1} %");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
