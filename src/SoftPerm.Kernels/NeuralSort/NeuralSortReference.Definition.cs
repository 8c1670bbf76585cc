namespace SoftPerm.Kernels.NeuralSort;

internal static partial class NeuralSortReference
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
