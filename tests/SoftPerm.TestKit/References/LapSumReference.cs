namespace SoftPerm.TestKit.References;

/// <summary>LapSum straight from its definition: dense, O(n²), float64; thresholds by bisection. What the kernels are held to.</summary>
/// <remarks>Gaps beyond some 30 temperatures leave a threshold between them undefined in these numbers.</remarks>
public static class LapSumReference
{
    /// <summary><c>P[i,j] = Φ(d[i+1] - y[j]) - Φ(d[i] - y[j])</c>, y = -s/τ, <c>Σ_j Φ(d[k] - y[j]) = k</c>; row after row.</summary>
    /// <param name="scores">s, finite.</param>
    /// <param name="temperature">τ.</param>
    public static double[] Matrix(ReadOnlySpan<double> scores, double temperature)
    {
        var n = scores.Length;
        var depths = Depths(scores, temperature);
        var thresholds = Thresholds(depths);
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++) matrix[i * n + j] = Laplace(thresholds[i + 1] - depths[j]) - Laplace(thresholds[i] - depths[j]);
        return matrix;
    }

    /// <summary>The gradient in the scores of Σ U[i,j] P[i,j].</summary>
    public static double[] Gradient(ReadOnlySpan<double> scores, double temperature, ReadOnlySpan<double> upstream)
    {
        var n = scores.Length;
        var depths = Depths(scores, temperature);
        var thresholds = Thresholds(depths);
        var gradient = new double[n];
        for (var k = 1; k < n; k++)
        {
            // Σ_j Φ(d[k] - y[j]) c[j] with c the step of U from row to row; d[k] moves so that Σ_j Φ stays.
            double total = 0, mean = 0;
            for (var j = 0; j < n; j++)
            {
                var density = Density(thresholds[k] - depths[j]);
                total += density;
                mean += density * (upstream[(k - 1) * n + j] - upstream[k * n + j]);
            }

            for (var j = 0; j < n; j++)
            {
                var step = upstream[(k - 1) * n + j] - upstream[k * n + j];
                gradient[j] -= Density(thresholds[k] - depths[j]) * (mean / total - step) / temperature; // dy = -ds/τ
            }
        }

        return gradient;
    }

    private static double[] Depths(ReadOnlySpan<double> scores, double temperature)
    {
        var depths = new double[scores.Length];
        for (var j = 0; j < depths.Length; j++) depths[j] = -scores[j] / temperature;
        return depths;
    }

    private static double[] Thresholds(double[] depths)
    {
        var thresholds = new double[depths.Length + 1];
        (thresholds[0], thresholds[^1]) = (double.NegativeInfinity, double.PositiveInfinity);
        for (var k = 1; k < depths.Length; k++)
        {
            double low = depths.Min() - 40, high = depths.Max() + 40;
            for (var halving = 0; halving < 100; halving++)
            {
                var middle = 0.5 * (low + high);
                if (depths.Sum(depth => Laplace(middle - depth)) < k) low = middle;
                else high = middle;
            }

            thresholds[k] = low;
        }

        return thresholds;
    }

    private static double Laplace(double x) => x < 0 ? 0.5 * Math.Exp(x) : 1 - 0.5 * Math.Exp(-x);

    private static double Density(double x) => 0.5 * Math.Exp(-Math.Abs(x));
}
