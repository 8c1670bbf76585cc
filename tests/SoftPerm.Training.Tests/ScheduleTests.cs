using Xunit;

namespace SoftPerm.Training.Tests;

public sealed class ScheduleTests
{
    [Fact]
    public void Cosine_rises_over_the_warm_up_and_falls_to_a_hundredth()
    {
        var schedule = new LearningRateSchedule("cosine", 2e-3, 10, 110);
        Assert.Equal(2e-4, schedule.At(0), 15);
        Assert.Equal(2e-3, schedule.At(10), 15);
        Assert.Equal(2e-3 * (0.01 + 0.99 / 2), schedule.At(60), 15);
        Assert.Equal(2e-5, schedule.At(110), 15);
        Assert.Equal(2e-5, schedule.At(1000), 15);
    }

    [Fact]
    public void Constant_stays_at_its_peak()
    {
        var schedule = new LearningRateSchedule("constant", 1e-3, 0, 50);
        Assert.Equal(1e-3, schedule.At(0), 15);
        Assert.Equal(1e-3, schedule.At(49), 15);
    }

    [Fact]
    public void Temperature_is_annealed_geometrically()
    {
        var schedule = new TemperatureSchedule(4, 1, 3);
        Assert.Equal(4, schedule.At(0), 12);
        Assert.Equal(2, schedule.At(1), 12);
        Assert.Equal(1, schedule.At(2), 12);
        Assert.Equal(1, schedule.At(9), 12);
        Assert.Equal(7, new TemperatureSchedule(7, 7, 1).At(0));
    }
}
