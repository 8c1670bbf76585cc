using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace SoftPerm.Tests;

/// <summary>The library examples of the README are samples, which the build compiles; here they also run.</summary>
public sealed partial class ReadmeTests
{
    [Theory]
    [InlineData("Quickstart")]
    [InlineData("StochasticGraph")]
    public void An_example_is_the_sample(string name)
    {
        var sample = File.ReadAllText(Path.Combine(Root(), "samples", name, "Program.cs"));
        Assert.Contains($"```csharp\n{sample}```", File.ReadAllText(Path.Combine(Root(), "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_relative_link_leads_somewhere()
    {
        var root = Root();
        var links = RelativeLink().Matches(File.ReadAllText(Path.Combine(root, "README.md"))).Select(m => m.Groups[1].Value).ToArray();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(root, link)), link));
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));

    [GeneratedRegex(@"\]\((?!https?://|#)([^)]+)\)")]
    private static partial Regex RelativeLink();

    [Fact]
    public void The_sample_prints_what_its_comments_say()
    {
        var lines = Samples.Run("Quickstart");
        Assert.Contains("order    1  0  2", lines);
        float[] sorted = [.. lines.First(l => l.StartsWith("sorted", StringComparison.Ordinal)).Split("  ", StringSplitOptions.RemoveEmptyEntries)[1..].Select(float.Parse)];
        Assert.True(Math.Abs(sorted[0] - 20) < 1 && Math.Abs(sorted[1] - 10) < 2 && Math.Abs(sorted[2] - 30) < 2, string.Join(" ", sorted));
    }

    [Fact]
    public void A_permutation_between_two_networks_gives_both_a_gradient()
    {
        var line = Assert.Single(Samples.Run("StochasticGraph"));
        float[] numbers = [.. PositiveNumber().Matches(line).Select(m => float.Parse(m.Value, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(3, numbers.Length);
        Assert.All(numbers, number => Assert.True(number > 0, line));
    }

    [GeneratedRegex(@"\d+\.\d+")]
    private static partial Regex PositiveNumber();
}
