namespace SoftPerm.Benchmarks.Ratios;

/// <summary>How long to measure.</summary>
/// <param name="WarmUp">Each step is repeated this long before anything is timed, so that the JIT compiler has finished with it.</param>
/// <param name="Rounds">The least number of rounds.</param>
/// <param name="Enough">A step is done when its rounds are and its timed steps sum to this …</param>
/// <param name="Most">… or to this, whatever the rounds.</param>
internal sealed record Effort(TimeSpan WarmUp, int Rounds, TimeSpan Enough, TimeSpan Most)
{
    public static Effort Full { get; } = new(TimeSpan.FromSeconds(.7), 7, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(20));

    public static Effort Quick { get; } = new(TimeSpan.FromSeconds(.2), 3, TimeSpan.FromSeconds(.4), TimeSpan.FromSeconds(2));
}

/// <summary>Times steps in turn, A B C A B C …, so that whatever else the machine does meets all of them alike.</summary>
internal static class InterleavedTimer
{
    /// <summary>A turn repeats a short step for this long: long enough to fill its own caches, short against other programs' bursts.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(25);

    /// <summary>Times steps.</summary>
    /// <param name="steps">What to time.</param>
    /// <param name="effort">How long.</param>
    /// <param name="clock">What times them; null for the system's.</param>
    /// <returns>For each step the milliseconds of each of its repetitions.</returns>
    public static IReadOnlyList<IReadOnlyList<double>> Time(IReadOnlyList<Action> steps, Effort effort, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        foreach (var step in steps) Repeat(clock, step, effort.WarmUp, []);
        var runners = steps.Select(step => new Runner(step)).ToArray();
        for (var round = 0; ; round++)
        {
            var pending = runners.Where(r => r.Total < effort.Most && (round < effort.Rounds || r.Total < effort.Enough)).ToArray();
            if (pending.Length == 0) return [.. runners.Select(r => r.Milliseconds)];
            foreach (var runner in pending) runner.Total += Repeat(clock, runner.Step, Turn, runner.Milliseconds);
        }
    }

    /// <summary>Repeats a step, at least once, until the time is used up.</summary>
    private static TimeSpan Repeat(TimeProvider clock, Action step, TimeSpan time, List<double> milliseconds)
    {
        var total = TimeSpan.Zero;
        do
        {
            var start = clock.GetTimestamp();
            step();
            var elapsed = clock.GetElapsedTime(start);
            milliseconds.Add(elapsed.TotalMilliseconds);
            total += elapsed;
        }
        while (total < time);
        return total;
    }

    private sealed class Runner(Action step)
    {
        public Action Step => step;

        public List<double> Milliseconds { get; } = [];

        public TimeSpan Total { get; set; }
    }
}
