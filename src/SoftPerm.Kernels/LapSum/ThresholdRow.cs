namespace SoftPerm.Kernels.LapSum;

/// <summary>The thresholds of one sequence, d[0] = -∞ &lt; d[1] &lt; … &lt; d[n] = ∞ in depths y, and sums over them.</summary>
internal readonly ref struct ThresholdRow(FadingRow scores, Span<Threshold> thresholds)
{
    private readonly Span<Threshold> thresholds = thresholds;

    /// <summary>The scores.</summary>
    public FadingRow Scores { get; } = scores;

    /// <summary>n, the number of finite scores.</summary>
    public int Count => Scores.Count;

    /// <summary>One of them; the first and the last are infinitely far from all scores.</summary>
    public Threshold this[int k] => thresholds[k];

    /// <summary>Finds them all.</summary>
    public void Solve()
    {
        thresholds[0] = new Threshold(-1, 0, 0, 0);
        thresholds[^1] = new Threshold(Count - 1, 0, 0, 0);
        var segment = -1;
        for (var k = 1; k < Count; k++)
        {
            while (segment + 1 < Count && Scores.CountAt(segment + 1) <= k) segment++;
            thresholds[k] = Scores.Solve(k, segment);
        }
    }

    /// <summary>Turns values into what fades from them forward and backward.</summary>
    public void Fade(ReadOnlySpan<double> values, Span<double> forward, Span<double> backward)
    {
        values.CopyTo(forward);
        values.CopyTo(backward);
        Scores.FadeForward(forward);
        Scores.FadeBackward(backward);
    }

    /// <summary>P x, by place.</summary>
    /// <param name="values">x, by sorted item.</param>
    /// <param name="forward">x faded forward.</param>
    /// <param name="backward">x faded backward.</param>
    /// <param name="result">Receives it: the difference, from threshold to threshold, of Σ_j Φ(d - y[j]) x[j].</param>
    public void Mix(ReadOnlySpan<double> values, ReadOnlySpan<double> forward, ReadOnlySpan<double> backward, Span<double> result)
    {
        double last = 0;
        for (int place = 0, item = 0; place < result.Length; place++)
        {
            var threshold = thresholds[place + 1];
            double passed = 0, next = 0;
            for (; item <= threshold.Segment; item++) passed += values[item];
            if (item > 0) next -= 0.5 * threshold.ToBefore * forward[item - 1];
            if (item < values.Length) next += 0.5 * threshold.ToBehind * backward[item];
            result[place] = passed + (next - last);
            last = next;
        }
    }

    /// <summary>Weighs each threshold k = 1 … n-1 by w[k-1] - w[k] and spreads that to the scores around it as exp(-|d - y|).</summary>
    /// <param name="values">w, by place.</param>
    /// <param name="backward">Receives what comes from thresholds behind a score.</param>
    /// <param name="forward">Receives what comes from thresholds before a score.</param>
    public void SpreadSteps(ReadOnlySpan<double> values, Span<double> backward, Span<double> forward)
    {
        backward.Clear();
        forward.Clear();
        for (var k = 1; k < values.Length; k++) Put(thresholds[k], values[k - 1] - values[k], backward, forward);
        Scores.FadeBackward(backward);
        Scores.FadeForward(forward);
    }

    /// <summary>Spreads weights of thresholds to the scores around them as exp(-|d - y|).</summary>
    /// <inheritdoc cref="SpreadSteps"/>
    public void Spread(ReadOnlySpan<double> weights, Span<double> backward, Span<double> forward)
    {
        backward.Clear();
        forward.Clear();
        for (var k = 1; k < weights.Length; k++) Put(thresholds[k], weights[k], backward, forward);
        Scores.FadeBackward(backward);
        Scores.FadeForward(forward);
    }

    /// <summary>Spreads weights of thresholds to the scores by the densities there, which sum to 1 for each threshold.</summary>
    /// <inheritdoc cref="SpreadSteps"/>
    public void SpreadNormalized(ReadOnlySpan<double> weights, Span<double> backward, Span<double> forward)
    {
        backward.Clear();
        forward.Clear();
        for (var k = 1; k < weights.Length; k++)
        {
            var threshold = thresholds[k];
            var (before, behind) = Scores.Weights(threshold);
            Put(threshold with { ToBefore = before, ToBehind = behind }, weights[k], backward, forward);
        }

        Scores.FadeBackward(backward);
        Scores.FadeForward(forward);
    }

    /// <summary>Pᵀ w, by sorted item.</summary>
    /// <param name="values">w, by place.</param>
    /// <param name="backward">The steps of w spread to the scores before them.</param>
    /// <param name="forward">The steps of w spread to the scores behind them.</param>
    /// <param name="result">Receives it: Σ_k (w[k-1] - w[k]) Φ(d[k] - y[j]) + w[n-1], where what is not small telescopes.</param>
    public void Distribute(ReadOnlySpan<double> values, ReadOnlySpan<double> backward, ReadOnlySpan<double> forward, Span<double> result)
    {
        for (int place = 0, item = 0; place < values.Length; place++)
            for (; item <= thresholds[place + 1].Segment; item++)
                result[item] = values[place] + 0.5 * (forward[item] - backward[item]);
    }

    /// <summary>Adds to each threshold (w[k-1] - w[k]) times the mean of x under the densities there.</summary>
    public void AddMeans(ReadOnlySpan<double> forward, ReadOnlySpan<double> backward, ReadOnlySpan<double> values, Span<double> sums)
    {
        for (var k = 1; k < sums.Length; k++)
        {
            var threshold = thresholds[k];
            var (before, behind) = Scores.Weights(threshold);
            double mean = 0;
            if (threshold.Segment >= 0) mean += before * forward[threshold.Segment];
            if (threshold.Segment + 1 < forward.Length) mean += behind * backward[threshold.Segment + 1];
            sums[k] += (values[k - 1] - values[k]) * mean;
        }
    }

    private static void Put(Threshold threshold, double weight, Span<double> backward, Span<double> forward)
    {
        var segment = threshold.Segment;
        if (segment >= 0) backward[segment] += weight * threshold.ToBefore;
        if (segment + 1 < forward.Length) forward[segment + 1] += weight * threshold.ToBehind;
    }
}
