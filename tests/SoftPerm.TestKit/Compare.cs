using System.Globalization;

namespace SoftPerm.TestKit;

/// <summary>Comparisons of numbers that NaN fails.</summary>
public static class Compare
{
    /// <summary>Asserts |expected - actual| ≤ relative·|expected| + absolute for every element.</summary>
    /// <exception cref="MismatchException">The lengths differ or an element is too far off; names the first one.</exception>
    public static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double relative, double absolute = 0)
    {
        if (expected.Length != actual.Length)
            throw new MismatchException($"Expected {expected.Length} numbers, found {actual.Length}.");
        int first = -1, misses = 0;
        for (var k = expected.Length - 1; k >= 0; k--)
        {
            if (expected[k] == actual[k]) continue; // equal infinities differ by NaN
            if (!(Math.Abs(expected[k] - actual[k]) <= relative * Math.Abs(expected[k]) + absolute) || double.IsInfinity(expected[k]))
            {
                first = k;
                misses++;
            }
        }

        if (misses > 0)
        {
            throw new MismatchException(string.Create(CultureInfo.InvariantCulture,
                $"{misses} of {expected.Length} numbers are off; the first is [{first}]: expected {expected[first]:R}, found {actual[first]:R} (tolerance {relative:R} relative, {absolute:R} absolute)."));
        }
    }

    /// <summary>Asserts |expected - actual| ≤ relative·|expected| + absolute.</summary>
    /// <exception cref="MismatchException">The number is too far off.</exception>
    public static void Close(double expected, double actual, double relative, double absolute = 0) =>
        Close([expected], [actual], relative, absolute);
}
