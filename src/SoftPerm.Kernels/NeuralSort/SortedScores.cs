namespace SoftPerm.Kernels.NeuralSort;

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
