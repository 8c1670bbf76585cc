namespace SoftPerm.TestKit.References;

/// <summary>SoftSort straight from its definition: dense, O(n²), float64. What the kernels are held to.</summary>
public static class SoftSortReference
{
    /// <summary><c>P[i,m] = softmax_m(-|t[i] - s[m]|^p / τ)</c>, t the scores sorted, largest first; row after row.</summary>
    /// <param name="scores">s, finite.</param>
    /// <param name="temperature">τ.</param>
    /// <param name="power">p: 1 or 2.</param>
    public static double[] Matrix(ReadOnlySpan<double> scores, double temperature, int power)
    {
        var n = scores.Length;
        double[] sorted = [.. scores.ToArray().OrderDescending()];
        var matrix = new double[n * n];
        for (var i = 0; i < n; i++)
        {
            double total = 0;
            for (var m = 0; m < n; m++) total += matrix[i * n + m] = Math.Exp(-Math.Pow(Math.Abs(sorted[i] - scores[m]), power) / temperature);
            for (var m = 0; m < n; m++) matrix[i * n + m] /= total;
        }

        return matrix;
    }

    /// <summary>The gradient in the scores of Σ U[i,m] P[i,m]; at ties, where |t| has a kink, its slope counts as 0, and
    /// equal scores share what goes to the scores at their places.</summary>
    public static double[] Gradient(ReadOnlySpan<double> scores, double temperature, int power, ReadOnlySpan<double> upstream)
    {
        var n = scores.Length;
        var given = scores.ToArray();
        int[] order = [.. Enumerable.Range(0, n).OrderByDescending(item => given[item])];
        var matrix = Matrix(scores, temperature, power);
        var gradient = new double[n];
        for (var i = 0; i < n; i++)
        {
            int[] equals = [.. order.Where(item => given[item] == given[order[i]])];
            double mean = 0;
            for (var m = 0; m < n; m++) mean += matrix[i * n + m] * upstream[i * n + m];
            for (var m = 0; m < n; m++)
            {
                var difference = given[order[i]] - given[m];
                var slope = power * Math.Pow(Math.Abs(difference), power - 1) * Math.Sign(difference) / temperature;
                var flow = -matrix[i * n + m] * (upstream[i * n + m] - mean) * slope;
                foreach (var equal in equals) gradient[equal] += flow / equals.Length;
                gradient[m] -= flow;
            }
        }

        return gradient;
    }
}
