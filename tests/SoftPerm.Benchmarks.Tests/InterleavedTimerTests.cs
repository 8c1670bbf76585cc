using SoftPerm.Benchmarks.Ratios;
using Xunit;

namespace SoftPerm.Benchmarks.Tests;

public sealed class InterleavedTimerTests
{
    private static readonly Effort Brief = new(TimeSpan.Zero, Rounds: 3, Enough: TimeSpan.Zero, Most: TimeSpan.FromMinutes(1));

    [Fact(DisableParallelization = true)]
    public void Steps_take_turns_after_the_warm_up()
    {
        var calls = "";
        var times = InterleavedTimer.Time([Slow('A'), Slow('B')], Brief);
        Assert.Equal("ABABABAB", calls);
        Assert.All(times, t => Assert.Equal(3, t.Count));
        Assert.All(times.SelectMany(t => t), t => Assert.True(t >= 29, $"{t} ms")); // timers may fire a little early

        Action Slow(char name) => () =>
        {
            calls += name;
            Thread.Sleep(30); // more than a turn
        };
    }

    [Fact(DisableParallelization = true)]
    public void Short_steps_fill_their_turn()
    {
        var times = InterleavedTimer.Time([() => { }], Brief);
        Assert.True(times[0].Count > 100, $"{times[0].Count} steps");
    }

    [Fact(DisableParallelization = true)]
    public void Slow_steps_stop_at_the_most_time_and_others_go_on()
    {
        var effort = Brief with { Enough = TimeSpan.FromMilliseconds(150), Most = TimeSpan.FromMilliseconds(50) };
        var times = InterleavedTimer.Time([() => Thread.Sleep(60), () => Thread.Sleep(30)], effort);
        Assert.Single(times[0]);
        Assert.Equal(2, times[1].Count);
    }
}
