namespace SoftPerm.TestKit.References;

public static partial class NeuralSortReference
{
    /// <summary>The readable double-precision implementation every faster one is tested against. Arguments are already valid.</summary>
    internal static class Definition
    {
        public static void Order(ReadOnlySpan<double> scores, Span<int> order)
        {
            var keys = new double[scores.Length];
            for (var j = 0; j < keys.Length; j++) keys[j] = -scores[j]; // ascending in -s: CompareTo puts NaN first
            for (var j = 0; j < order.Length; j++) order[j] = j;
            order.Sort((a, b) => keys[a].CompareTo(keys[b]) is var c and not 0 ? c : a.CompareTo(b));
        }

        public static void Row(ReadOnlySpan<double> scores, double temperature, int place, Span<double> row)
        {
            var sorted = new SortedScores(scores, temperature);
            sorted.MoveTo(place);
            for (var m = 0; m < row.Length; m++) row[sorted.Order[m]] = sorted.Probability(m);
        }

        public static void Matrix(ReadOnlySpan<double> scores, double temperature, Span<double> matrix)
        {
            var sorted = new SortedScores(scores, temperature);
            var n = scores.Length;
            for (var i = 0; i < n; i++)
            {
                sorted.MoveTo(i);
                for (var m = 0; m < n; m++) matrix[i * n + sorted.Order[m]] = sorted.Probability(m);
            }
        }

        public static void LogMatrix(ReadOnlySpan<double> scores, double temperature, Span<double> matrix)
        {
            var sorted = new SortedScores(scores, temperature);
            var n = scores.Length;
            for (var i = 0; i < n; i++)
            {
                sorted.MoveTo(i);
                for (var m = 0; m < n; m++) matrix[i * n + sorted.Order[m]] = sorted.LogProbability(m);
            }
        }

        public static void Apply(ReadOnlySpan<double> scores, double temperature, ReadOnlySpan<double> values, int columns, Span<double> result)
        {
            var sorted = new SortedScores(scores, temperature);
            result.Clear();
            for (var i = 0; i < scores.Length; i++)
            {
                sorted.MoveTo(i);
                for (var m = 0; m < scores.Length; m++)
                    AddScaled(sorted.Probability(m), values.Slice(sorted.Order[m] * columns, columns), result.Slice(i * columns, columns));
            }
        }

        public static void ValueGradient(ReadOnlySpan<double> scores, double temperature, ReadOnlySpan<double> upstream, int columns, Span<double> gradient)
        {
            var sorted = new SortedScores(scores, temperature);
            gradient.Clear();
            for (var i = 0; i < scores.Length; i++)
            {
                sorted.MoveTo(i);
                for (var m = 0; m < scores.Length; m++)
                    AddScaled(sorted.Probability(m), upstream.Slice(i * columns, columns), gradient.Slice(sorted.Order[m] * columns, columns));
            }
        }

        private static void AddScaled(double factor, ReadOnlySpan<double> source, Span<double> target)
        {
            for (var c = 0; c < source.Length; c++) target[c] += factor * source[c];
        }

        public static void ScoreGradient(ReadOnlySpan<double> scores, double temperature, ReadOnlySpan<double> upstream, Span<double> gradient)
        {
            // 1. Column sums of the logits' gradient R: A[m] = Σ_i R[i,m] and W[m] = Σ_i 2(m-i) R[i,m].
            var n = scores.Length;
            var sorted = new SortedScores(scores, temperature);
            double[] logits = new double[n], a = new double[n], w = new double[n];
            for (var i = 0; i < n; i++)
            {
                sorted.MoveTo(i);
                sorted.LogitGradient(upstream.Slice(i * n, n), logits);
                for (var m = 0; m < n; m++)
                {
                    a[m] += logits[m];
                    w[m] += 2.0 * (m - i) * logits[m];
                }
            }

            // 2. What the pull of every |s[j]-s[k]| adds, one group of equal scores [first, end) after the other.
            double larger = 0, smaller = a.Sum();
            for (int first = 0, end; first < n; first = end)
            {
                for (end = first; end < n && sorted.Scores[end].Equals(sorted.Scores[first]); end++) smaller -= a[end];
                for (var m = first; m < end; m++)
                {
                    // With the item's own |s[m]-s[k]| the factor n-1-2i becomes 2(m-i), but for ties, which pull neither way.
                    double tie = n - 1 - 2 * m - (n - end - first);
                    var value = (w[m] + tie * a[m] + larger - smaller) / temperature;
                    // An infinite score that stands alone stays in place whatever the others do: 0, not a rounded 0.
                    gradient[sorted.Order[m]] = double.IsInfinity(sorted.Scores[m]) ? 0 * value : value;
                }

                for (var m = first; m < end; m++) larger += a[m];
            }
        }

        public static double TemperatureGradient(ReadOnlySpan<double> scores, double temperature, ReadOnlySpan<double> upstream)
        {
            var n = scores.Length;
            var sorted = new SortedScores(scores, temperature);
            var logits = new double[n];
            double sum = 0;
            for (var i = 0; i < n; i++)
            {
                sorted.MoveTo(i);
                sorted.LogitGradient(upstream.Slice(i * n, n), logits);
                for (var m = 0; m < n; m++)
                    if (logits[m] != 0) sum += logits[m] * sorted.Distance(m); // no mass, no pull: the distance may be infinite
            }

            return sum / temperature;
        }
    }
}

/// <summary>One sequence of scores, sorted, and the row of P at the place last moved to; columns are in sorted order.</summary>
/// <remarks>
/// With t the scores sorted descending, row i of P is <c>softmax_m(-D_i(m))</c>, where for m &gt; i
/// <c>D_i(m) = (1/τ) Σ_{k=i}^{m-1} (2(k-i)+1)(t[k]-t[k+1])</c>, and mirrored for m &lt; i. D is 0 at m = i and grows away from it
/// on both sides, so the softmax needs no maximum and nothing cancels. Derivation: docs/math/neural-sort.md.
/// </remarks>
internal sealed class SortedScores
{
    private readonly double temperature;
    private readonly double[] distance;
    private int place;
    private double total;

    public SortedScores(ReadOnlySpan<double> scores, double temperature)
    {
        this.temperature = temperature;
        distance = new double[scores.Length];
        Order = new int[scores.Length];
        NeuralSortReference.Definition.Order(scores, Order);
        Scores = new double[scores.Length];
        for (var m = 0; m < Scores.Length; m++) Scores[m] = scores[Order[m]];
    }

    /// <summary>The item of each place.</summary>
    public int[] Order { get; }

    /// <summary>The scores, largest first; NaN before all.</summary>
    public double[] Scores { get; }

    public void MoveTo(int target)
    {
        place = target;
        distance[place] = double.IsNaN(Scores[0]) ? double.NaN : 0;
        for (var m = place + 1; m < distance.Length; m++)
            distance[m] = Farther(distance[m - 1], m - 1 - place, Scores[m - 1] - Scores[m]);
        for (var m = place - 1; m >= 0; m--)
            distance[m] = Farther(distance[m + 1], place - 1 - m, Scores[m] - Scores[m + 1]);
        total = 0;
        foreach (var d in distance) total += Math.Exp(-d);
    }

    public double Distance(int m) => distance[m];

    public double Probability(int m) => Math.Exp(-distance[m]) / total;

    public double LogProbability(int m) => -distance[m] - Math.Log(total);

    /// <summary>Turns a gradient on the row (by item) into one on the logits (by place): R[m] = P[m] (g[m] - Σ_k P[k] g[k]).</summary>
    public void LogitGradient(ReadOnlySpan<double> upstream, Span<double> gradient)
    {
        // R is blind to a constant in g. Counted from the largest entry's, nothing cancels where that entry is nearly 1.
        var origin = upstream[Order[place]];
        double mean = 0;
        for (var m = 0; m < gradient.Length; m++) mean += Probability(m) * (upstream[Order[m]] - origin);
        for (var m = 0; m < gradient.Length; m++) gradient[m] = Probability(m) * (upstream[Order[m]] - origin - mean);
    }

    // Beyond an infinite distance all is infinitely far, whatever the gap: it may be ∞ - ∞ there.
    private double Farther(double nearer, int steps, double gap) =>
        double.IsPositiveInfinity(nearer) ? nearer : nearer + (2.0 * steps + 1) * (gap / temperature);
}
