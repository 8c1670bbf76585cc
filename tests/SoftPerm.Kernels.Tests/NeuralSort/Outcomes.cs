using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>Comparisons of what operators computed.</summary>
internal static class Outcomes
{
    /// <summary>Asserts that every number is the same, to the last bit.</summary>
    public static void AssertSame<T>(Outcome<T> expected, Outcome<T> found)
    {
        Assert.Equal(expected.Result, found.Result);
        Assert.Equal(expected.Values, found.Values);
        Assert.Equal(expected.Scores, found.Scores);
        Assert.Equal(expected.Temperatures, found.Temperatures);
    }
}
