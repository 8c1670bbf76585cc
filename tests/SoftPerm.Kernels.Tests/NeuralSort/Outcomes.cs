using System.Runtime.InteropServices;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>Comparisons of what operators computed.</summary>
internal static class Outcomes
{
    /// <summary>Asserts that every number is the same, to the last bit.</summary>
    public static void AssertSame<T>(Outcome<T> expected, Outcome<T> found)
        where T : unmanaged
    {
        AssertSame("results", expected.Result, found.Result);
        AssertSame("value gradients", expected.Values, found.Values);
        AssertSame("score gradients", expected.Scores, found.Scores);
        AssertSame("temperature gradients", expected.Temperatures, found.Temperatures);
    }

    // xUnit's comparison of arrays takes longer than the kernels; it is for the message.
    private static void AssertSame<T>(string what, T[] expected, T[] found)
        where T : unmanaged
    {
        if (MemoryMarshal.AsBytes<T>(expected).SequenceEqual(MemoryMarshal.AsBytes<T>(found))) return;
        Assert.Equal(expected, found);
        Assert.Fail($"The {what} differ in their bits.");
    }
}
