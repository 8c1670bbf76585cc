using System.Collections.Concurrent;
using Spectre.Console;

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
        if (newest is { } s) live.UpdateTarget(LiveFigures.Picture(s, console.Profile.Width, console.Profile.Capabilities.Unicode));
    }

    /// <summary>A message over the whole width, for it lands where the display was and must cover it.</summary>
    private static Panel FullWidth(string line) => new(new Text(line)) { Border = BoxBorder.None, Padding = new Padding(0), Expand = true };
}
