using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace SoftPerm.Tests;

/// <summary>samples/LatentOrder finds the posterior: its own exact figures say so.</summary>
public sealed partial class LatentOrderTests
{
    [Fact]
    public void The_sample_recovers_the_order_and_comes_near_the_evidence()
    {
        var lines = Samples.Run("LatentOrder");
        double first = Numbers(lines[0])[1], bound = Exact(lines)[0], evidence = Exact(lines)[1];
        Assert.True(bound <= evidence, "a bound above what it bounds");
        Assert.True(evidence - bound < 1.5, $"{evidence - bound} nats are lost");
        Assert.True(bound > first + 25);
        double[] hidden = Numbers(lines.First(l => l.StartsWith("hidden", StringComparison.Ordinal)));
        double[] found = Numbers(lines.First(l => l.StartsWith("most probable", StringComparison.Ordinal)))[..hidden.Length];
        var inversions = (from i in Enumerable.Range(0, hidden.Length) from j in Enumerable.Range(0, i) where Array.IndexOf(found, hidden[j]) > Array.IndexOf(found, hidden[i]) select 1).Sum();
        Assert.True(inversions <= 4, $"{inversions} of 28 pairs are the wrong way round"); // a random order has 14
    }

    private static double[] Exact(string[] lines) => Numbers(lines.First(l => l.StartsWith("exact", StringComparison.Ordinal)));

    private static double[] Numbers(string line) => [.. Number().Matches(line).Select(m => double.Parse(m.Value, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"-?\d+(?:\.\d+)?")]
    private static partial Regex Number();
}
