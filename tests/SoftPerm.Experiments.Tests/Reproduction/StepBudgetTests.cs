using SoftPerm.Experiments.Reproduction;
using SoftPerm.Experiments.Tasks.Sorting;
using SoftPerm.Experiments.Tests.Training;
using Xunit;

namespace SoftPerm.Experiments.Tests.Reproduction;

public sealed class StepBudgetTests
{
    [Theory]
    [InlineData(-5, 8, 1)] // the validations alone take longer than the time
    [InlineData(0, 8, 1)]
    [InlineData(15, 8, 1)]
    [InlineData(80, 80, 10)]
    [InlineData(100, 80, 10)]
    [InlineData(10_000, 10_000, 1250)]
    [InlineData(10_001, 10_000, 1250)]
    [InlineData(9_999, 9_920, 1240)]
    public void Steps_are_eight_stretches_that_rows_of_metrics_divide(long steps, long expected, long every) =>
        Assert.Equal(new StepBudget(expected, every), StepBudget.Of(steps));

    [Fact]
    public void Any_budget_makes_valid_settings_of_nearly_its_steps()
    {
        for (var steps = -20L; steps < 3000; steps++)
        {
            var config = StepBudget.Of(steps).ApplyTo(new SortConfig());
            config.Validate();
            Assert.Equal(8 * config.ValidateEvery, config.Steps);
            Assert.InRange(config.Steps, Math.Max(8, steps - 79), Math.Max(8, steps)); // rounded down twice: to 8 stretches of 10
            Assert.InRange(config.ValidateEvery / config.LogEvery, 1, 10);
        }
    }

    [Fact]
    public void Measuring_stops_when_told()
    {
        var config = new SortConfig { Digits = 1, Items = 3, TrainItems = 3, Sequences = 1, Network = "small", Threads = 1 };
        Assert.Null(StepBudget.Measure(config, config.CreateTask(SmallRuns.Digits), TimeSpan.FromDays(1), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void More_time_is_for_more_steps()
    {
        var config = new SortConfig { Digits = 1, Items = 3, TrainItems = 3, Sequences = 1, Network = "small", ValidationSequences = 2, Threads = 1 };
        StepBudget Of(double seconds) =>
            StepBudget.Measure(config, config.CreateTask(SmallRuns.Digits), TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken)!.Value;
        Assert.True(Of(seconds: 20).Steps > 2 * Of(seconds: 1).Steps); // a factor of 20, on a machine that may be busy otherwise
    }
}
