using System.Globalization;
using System.Text.RegularExpressions;
using SoftPerm.Samples.TrimmedRegression;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests;

/// <summary>samples/TrimmedRegression finds the line that least squares misses.</summary>
public sealed partial class TrimmedRegressionTests
{
    [Fact]
    public void The_trimmed_loss_ignores_the_points_that_are_far_off()
    {
        var lines = Samples.Run("TrimmedRegression");
        var (plain, trimmed) = (Read(lines[0]), Read(lines[1]));
        Assert.True(Math.Abs(plain.Slope - 2) > 3, $"least squares was not misled: {lines[0]}");
        Assert.Equal(2, trimmed.Slope, 0.15);
        Assert.Equal(0.5, trimmed.Offset, 0.1);
    }

    public static TheoryData<string> Relaxations => [.. RelaxationCatalog.All.Select(known => known.Name)];

    /// <summary>Least squares is off by 6.5; what is left is the noise of 36 points, whose slope is uncertain by 0.03.</summary>
    [Theory, MemberData(nameof(Relaxations))]
    public void Every_relaxation_does_so_at_its_default_temperature(string relaxation)
    {
        var how = new SoftCase { Relaxation = RelaxationCatalog.Of(relaxation), Descending = false };
        for (var seed = 1UL; seed <= 3; seed++)
        {
            using var scope = NewDisposeScope();
            using var generator = new Generator(seed);
            var x = linspace(-1, 1, 60).unsqueeze(-1);
            var y = x.mul(Number(2)).Plus(0.5).Plus(randn(60, 1, generator: generator).mul(Number(0.1)));
            y[TensorIndex.Slice(40)] -= 10;
            var (slope, offset) = Line.Fit(x, y, errors => how.TopK(errors, 36).Values.mean());
            Assert.Equal(2, slope, 0.1);
            Assert.Equal(0.5, offset, 0.1);
        }
    }

    private static (double Slope, double Offset) Read(string text)
    {
        double[] numbers = [.. PrintedNumber().Matches(text).Select(m => double.Parse(m.Value.Replace(" ", "", StringComparison.Ordinal), CultureInfo.InvariantCulture))];
        return (numbers[0], numbers[1]);
    }

    [GeneratedRegex(@"-? ?\d+\.\d+")]
    private static partial Regex PrintedNumber();
}
