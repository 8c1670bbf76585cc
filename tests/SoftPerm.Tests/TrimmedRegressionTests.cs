using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace SoftPerm.Tests;

/// <summary>samples/TrimmedRegression finds the line that least squares misses.</summary>
public sealed partial class TrimmedRegressionTests
{
    [Fact]
    public void The_trimmed_loss_ignores_the_points_that_are_far_off()
    {
        var lines = Samples.Run("TrimmedRegression");
        var (plain, trimmed) = (Line(lines[0]), Line(lines[1]));
        Assert.True(Math.Abs(plain.Slope - 2) > 3, $"least squares was not misled: {lines[0]}");
        Assert.Equal(2, trimmed.Slope, 0.15);
        Assert.Equal(0.5, trimmed.Offset, 0.1);
    }

    private static (double Slope, double Offset) Line(string text)
    {
        double[] numbers = [.. Number().Matches(text).Select(m => double.Parse(m.Value.Replace(" ", "", StringComparison.Ordinal), CultureInfo.InvariantCulture))];
        return (numbers[0], numbers[1]);
    }

    [GeneratedRegex(@"-? ?\d+\.\d+")]
    private static partial Regex Number();
}
