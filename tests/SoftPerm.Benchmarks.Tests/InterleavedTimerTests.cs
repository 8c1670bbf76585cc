using SoftPerm.Benchmarks.Ratios;
using Xunit;

namespace SoftPerm.Benchmarks.Tests;

public sealed class InterleavedTimerTests
{
    private static readonly Effort Brief = new(TimeSpan.Zero, Rounds: 3, Enough: TimeSpan.Zero, Most: TimeSpan.FromMinutes(1));
    private readonly SteppedClock clock = new();

    [Fact]
    public void Steps_take_turns_after_the_warm_up()
    {
        var calls = "";
        var times = InterleavedTimer.Time([Slow('A'), Slow('B')], Brief, clock);
        Assert.Equal("ABABABAB", calls);
        Assert.All(times, t => Assert.Equal([30.0, 30, 30], t));

        Action Slow(char name) => () =>
        {
            calls += name;
            clock.Pass(30); // more than a turn
        };
    }

    [Fact]
    public void Short_steps_fill_their_turn()
    {
        var times = InterleavedTimer.Time([() => clock.Pass(0.1)], Brief, clock);
        Assert.Equal(3 * 250, times[0].Count); // turns of 25 ms
    }

    [Fact]
    public void Slow_steps_stop_at_the_most_time_and_others_go_on()
    {
        var effort = Brief with { Enough = TimeSpan.FromMilliseconds(150), Most = TimeSpan.FromMilliseconds(50) };
        var times = InterleavedTimer.Time([() => clock.Pass(60), () => clock.Pass(30)], effort, clock);
        Assert.Single(times[0]);
        Assert.Equal(2, times[1].Count);
    }

    /// <summary>Time that passes when it is told to.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private long ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ticks;

        public void Pass(double milliseconds) => ticks += TimeSpan.FromMilliseconds(milliseconds).Ticks;
    }
}
