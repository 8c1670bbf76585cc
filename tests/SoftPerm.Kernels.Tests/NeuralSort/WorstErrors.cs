using System.Globalization;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>Compares numbers with what is expected, and remembers the worst.</summary>
internal sealed class WorstErrors
{
    private readonly Dictionary<string, (double OfScale, double OfAllowed)> worst = [];

    /// <summary>Asserts that no error is larger than allowed·scale + floor; NaN is an infinite error.</summary>
    public void Compare(string what, double[] expected, double[] found, double scale, double allowed, double floor)
    {
        Assert.Equal(expected.Length, found.Length);
        double error = 0;
        for (var k = 0; k < expected.Length; k++)
        {
            if (expected[k] == found[k]) continue; // equal infinities differ by NaN
            var difference = Math.Abs(expected[k] - found[k]);
            error = Math.Max(error, double.IsNaN(difference) ? double.PositiveInfinity : difference);
        }

        var limit = allowed * scale + floor;
        if (!(error <= limit))
            Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"The {what} are off by {error:E2}; {limit:E2} is allowed, the scale is {scale:E2}, the floor {floor:E2}."));
        if (error == 0) return;
        var (ofScale, ofAllowed) = worst.GetValueOrDefault(what);
        // Where the floor is most of what is allowed, the scale is too small to compare with.
        worst[what] = (floor > allowed * scale ? ofScale : Math.Max(ofScale, error / scale), Math.Max(ofAllowed, error / limit));
    }

    public override string ToString() => string.Join("; ", worst.Select(w =>
        string.Create(CultureInfo.InvariantCulture, $"{w.Key}: {w.Value.OfScale:E1} of the scale, {w.Value.OfAllowed:F3} of what is allowed")));
}
