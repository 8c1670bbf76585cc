using System.Globalization;
using Xunit;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>Compares numbers with what is expected, and remembers the worst of each kind, for the log.</summary>
internal sealed class ErrorMeter
{
    private readonly Dictionary<string, (double OfScale, string Context)> worst = [];

    /// <summary>What is being checked, for messages.</summary>
    public string Context { get; set; } = "";

    /// <summary>Asserts that no number is further off than a tolerance times a scale; NaN and infinities must be the same.</summary>
    public void Compare(string what, double[] expected, double[] found, double tolerance, double scale)
    {
        Assert.Equal(expected.Length, found.Length);
        for (var k = 0; k < expected.Length; k++)
        {
            if (expected[k].Equals(found[k])) continue;
            var error = Math.Abs(expected[k] - found[k]) / scale;
            if (!(worst.GetValueOrDefault(what).OfScale >= error)) worst[what] = (error, Context);
            if (!(error <= tolerance))
                Assert.Fail(string.Create(CultureInfo.InvariantCulture,
                    $"{Context}: the {what} at {k} is {found[k]:R}, not {expected[k]:R}; {error:E2} of {scale:E2}, {tolerance:E2} is allowed."));
        }
    }

    public override string ToString() =>
        string.Join(Environment.NewLine, worst.Select(w => string.Create(CultureInfo.InvariantCulture, $"{w.Key}: {w.Value.OfScale:E1} ({w.Value.Context})")));
}
