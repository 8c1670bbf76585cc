using SoftPerm.Paper.Tables;
using SoftPerm.Paper.Tasks.Sorting;
using Xunit;

namespace SoftPerm.Paper.Tests.Tables;

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
}
