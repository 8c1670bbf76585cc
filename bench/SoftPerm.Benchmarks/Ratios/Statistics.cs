namespace SoftPerm.Benchmarks.Ratios;

/// <summary>What becomes of the numbers measured.</summary>
internal static class Statistics
{
    /// <summary>The quantile of sorted samples, interpolated linearly between them.</summary>
    /// <param name="sorted">At least one sample, smallest first.</param>
    /// <param name="fraction">0 the smallest, 0.5 the median, 1 the largest.</param>
    public static double Quantile(IReadOnlyList<double> sorted, double fraction)
    {
        var position = fraction * (sorted.Count - 1);
        var below = (int)Math.Floor(position);
        var above = Math.Min(below + 1, sorted.Count - 1);
        return double.Lerp(sorted[below], sorted[above], position - below);
    }

    /// <summary>The exponent e of y ≈ c·xᵉ: the slope of the line of least squares through (log x, log y).</summary>
    /// <param name="points">At least two, of different x, all positive.</param>
    public static double Exponent(IReadOnlyList<(double X, double Y)> points)
    {
        var logs = points.Select(p => (X: Math.Log(p.X), Y: Math.Log(p.Y))).ToArray();
        var (meanX, meanY) = (logs.Average(p => p.X), logs.Average(p => p.Y));
        return logs.Sum(p => (p.X - meanX) * (p.Y - meanY)) / logs.Sum(p => (p.X - meanX) * (p.X - meanX));
    }

    /// <summary>Sums up the times of one method's steps.</summary>
    public static Measurement Summary(string method, IEnumerable<double> milliseconds, long? extraBytes)
    {
        double[] sorted = [.. milliseconds.Order()];
        return new(method, Quantile(sorted, .5), sorted[0], Quantile(sorted, .25), Quantile(sorted, .75), sorted.Length, extraBytes);
    }
}
