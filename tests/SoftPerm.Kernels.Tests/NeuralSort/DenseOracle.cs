namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>P x and its gradients for one column of values, row by row in float64, O(n²): no column is left out.</summary>
/// <remarks>Independent of the kernels and of the reference. D is a sum of non-negative gaps, and the row's own value is
/// subtracted from x first, so that nothing cancels in a row.</remarks>
internal sealed class DenseOracle
{
    private readonly double[] t; // sorted, largest first
    private readonly double[] x; // by place
    private readonly double[] p;
    private readonly double[] distances;
    private readonly double temperature;

    public DenseOracle(double[] scores, double temperature, double[] values)
        : this(scores, temperature, values, [.. Enumerable.Range(0, scores.Length).OrderByDescending(j => scores[j])]) // LINQ's sort is stable
    {
    }

    /// <param name="scores">s.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="values">x by item.</param>
    /// <param name="order">The items sorted, where LINQ is too slow.</param>
    public DenseOracle(double[] scores, double temperature, double[] values, int[] order)
    {
        Order = order;
        t = [.. Order.Select(j => scores[j])];
        x = [.. Order.Select(j => values[j])];
        (p, distances) = (new double[t.Length], new double[t.Length]);
        this.temperature = temperature;
    }

    public int[] Order { get; }

    /// <summary>P x and all gradients for an upstream gradient g by place.</summary>
    public OracleResult All(double[] g) => Some(g, [.. Enumerable.Range(0, t.Length)]);

    /// <summary>Some entries of P x, and all gradients for an upstream gradient g that is zero at other places.</summary>
    public OracleResult Some(double[] g, int[] rows)
    {
        var n = t.Length;
        double[] y = new double[rows.Length], dx = new double[n], a = new double[n], w = new double[n];
        double temperatureGradient = 0;
        for (var k = 0; k < rows.Length; k++)
        {
            var i = rows[k];
            var (first, end) = SetRow(i);
            var change = Change(i, first, end);
            y[k] = x[i] + change;
            for (var m = first; m < end; m++)
            {
                dx[Order[m]] += p[m] * g[i];
                var r = p[m] * g[i] * (x[m] - x[i] - change);
                a[m] += r;
                w[m] += 2.0 * (m - i) * r;
                temperatureGradient += r * distances[m] / temperature;
            }
        }

        var sorted = ScoreGradient(a, w);
        var ds = new double[n];
        for (var m = 0; m < n; m++) ds[Order[m]] = sorted[m];
        return new OracleResult(y, dx, ds, temperatureGradient, Flux(sorted), Reach());
    }

    // exp(-D) underflows to zero beyond 746, and D only grows from there.
    private (int First, int End) SetRow(int row)
    {
        double total = 1, distance = 0;
        (p[row], distances[row]) = (1, 0);
        int end = row + 1, first = row;
        for (; end < t.Length; end++)
        {
            distance += (2.0 * (end - 1 - row) + 1) * ((t[end - 1] - t[end]) / temperature);
            if (distance > 746) break;
            total += p[end] = Math.Exp(-(distances[end] = distance));
        }

        for (distance = 0; first > 0; first--)
        {
            distance += (2.0 * (row - first) + 1) * ((t[first - 1] - t[first]) / temperature);
            if (distance > 746) break;
            total += p[first - 1] = Math.Exp(-(distances[first - 1] = distance));
        }

        for (var m = first; m < end; m++) p[m] /= total;
        return (first, end);
    }

    private double Change(int row, int first, int end)
    {
        double change = 0;
        for (var m = first; m < end; m++) change += p[m] * (x[m] - x[row]);
        return change;
    }

    // ds[m] = (W[m] + Σ_{larger} A - Σ_{smaller} A) / τ; equal scores pull neither way.
    private double[] ScoreGradient(double[] a, double[] w)
    {
        var gradient = new double[a.Length];
        double larger = 0, smaller = a.Sum();
        for (int first = 0, end; first < a.Length; first = end)
        {
            for (end = first; end < a.Length && t[end] == t[first]; end++) smaller -= a[end];
            for (var m = first; m < end; m++) gradient[m] = (w[m] + (first + end - 1 - 2.0 * m) * a[m] + larger - smaller) / temperature;
            for (var m = first; m < end; m++) larger += a[m];
        }

        return gradient;
    }

    // Σ_k gap[k] |flux[k]|, where flux[k] is what the gradient moves across the gap: dτ is that sum with the signs left in.
    private double Flux(double[] sorted)
    {
        double flux = 0, sum = 0;
        for (var m = 0; m + 1 < sorted.Length; m++)
        {
            flux += sorted[m];
            sum += (t[m] - t[m + 1]) / temperature * Math.Abs(flux);
        }

        return sum;
    }

    // Mass below exp(-60) counts for nothing in any of the kernels.
    private double Reach()
    {
        double sum = 0;
        for (var m = 0; m + 1 < t.Length; m++)
            if ((t[m] - t[m + 1]) / temperature is var gap && gap <= 60) sum += gap;
        return sum;
    }
}

/// <summary>What the oracle finds.</summary>
/// <param name="Mixtures">P x by row, in the order asked for.</param>
/// <param name="Values">The gradient of x by item.</param>
/// <param name="Scores">The gradient of s by item.</param>
/// <param name="Temperature">The gradient of τ.</param>
/// <param name="Flux">The size of what that gradient is a sum of.</param>
/// <param name="Reach">The sum of the gaps over τ that mass may cross.</param>
internal sealed record OracleResult(double[] Mixtures, double[] Values, double[] Scores, double Temperature, double Flux, double Reach);
