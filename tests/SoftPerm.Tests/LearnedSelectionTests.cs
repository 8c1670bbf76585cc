using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace SoftPerm.Tests;

/// <summary>samples/LearnedSelection, in C# and in F#, learns what the jury likes and how moody it is.</summary>
public sealed partial class LearnedSelectionTests
{
    [Theory, InlineData("LearnedSelection"), InlineData("LearnedSelection.FSharp")]
    public void The_temperature_learned_follows_the_moods(string sample)
    {
        var lines = Samples.Run(sample);
        Assert.Equal(3, lines.Length);
        foreach (var line in lines)
        {
            double[] numbers = [.. Number().Matches(line).Select(m => double.Parse(m.Value, CultureInfo.InvariantCulture))];
            var (moodiness, temperature, direction) = (numbers[0], numbers[1], numbers[2..6]);
            // LapSum smooths by Laplace noise of the scale τ; of the moods' deviation σ its scale would be 0.71 σ, but moods are Gaussian.
            Assert.True(temperature > 0.5 * moodiness && temperature < moodiness, line);
            Assert.All(direction.Zip([0.6, 0, -0.8, 0]), pair => Assert.Equal(pair.Second, pair.First, 0.05));
        }
    }

    [GeneratedRegex(@"-?\d+\.\d+")]
    private static partial Regex Number();
}
