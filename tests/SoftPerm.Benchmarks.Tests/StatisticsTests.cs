using SoftPerm.Benchmarks.Ratios;
using Xunit;

namespace SoftPerm.Benchmarks.Tests;

public sealed class StatisticsTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(.25, 1.75)]
    [InlineData(.5, 2.5)]
    [InlineData(1, 4)]
    public void Quantiles_interpolate_between_samples(double fraction, double expected) =>
        Assert.Equal(expected, Statistics.Quantile([1, 2, 3, 4], fraction), 1e-12);

    [Fact]
    public void Summary_sorts_its_samples()
    {
        var summary = Statistics.Summary("any", [9, 1, 5], extraBytes: 7);
        Assert.Equal(new Measurement("any", 5, 1, 3, 7, 3, 7), summary);
    }

    [Fact]
    public void Exponent_is_found_whatever_the_factor() =>
        Assert.Equal(1.5, Statistics.Exponent([.. new[] { 10.0, 1_000, 1e7 }.Select(x => (x, 42 * Math.Pow(x, 1.5)))]), 1e-12);

    [Fact]
    public void Growth_judges_our_exponents_and_memory_but_not_those_of_the_exact_sort()
    {
        var cases = Growth.Group.Cases.Select(c => new CaseResult(
            c.Name, c.Batch, c.Items, [.. c.Methods.Select(m => new Measurement(m.Name, Math.Pow(c.Items, 1.1), 0, 0, 0, 1, 201 * c.Items))], null));
        var checks = Growth.Conclude([.. cases]).ToArray();
        Assert.All(checks.Where(c => c.Quantity.Contains("exponent")), c => Assert.Equal(1.1, c.Value, 1e-9));
        Assert.Equal([true, true, true, true, true, true, null, null, false, false, false, null], checks.Select(c => c.Passed));
    }
}
