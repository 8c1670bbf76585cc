using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace SoftPerm.Tests;

/// <summary>The library example of the README is samples/Quickstart, which the build compiles; here it also runs.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void The_example_is_the_sample()
    {
        var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md"));
        var sample = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Quickstart.cs"));
        Assert.Contains($"```csharp\n{sample}```", readme, StringComparison.Ordinal);
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
}
