using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.LapSum;

/// <summary>The thresholds between the places of every sequence, F(d[k]) = k.</summary>
internal sealed class Thresholds : IDisposable
{
    private readonly SortedItems sorted;
    private readonly Fadings fadings;
    private readonly ScratchArray<Threshold> thresholds;

    /// <summary>Solves for all of them: one walk along the scores of each sequence.</summary>
    public Thresholds(SortedItems sorted, int threads)
    {
        this.sorted = sorted;
        fadings = new Fadings(sorted, threads);
        thresholds = new ScratchArray<Threshold>((long)sorted.Sequences * (sorted.Items + 1));
        SequenceWork.Run(sorted, threads, 0, this, static (self, sequence, _) => self.Row(sequence).Solve());
    }

    /// <summary>One sequence.</summary>
    public ThresholdRow Row(int sequence)
    {
        var scores = fadings.Row(sequence);
        return new ThresholdRow(scores, thresholds.Array.AsSpan(sequence * (sorted.Items + 1), scores.Count + 1));
    }

    public void Dispose()
    {
        fadings.Dispose();
        thresholds.Dispose();
    }
}

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

/// <summary>exp(-gap) between the neighbours of every sorted sequence, and the sums that fade by it, from the first place and from the last.</summary>
internal sealed class Fadings : IDisposable
{
    private readonly SortedItems sorted;
    private readonly ScratchArray<double> fadings;
    private readonly ScratchArray<double> before;
    private readonly ScratchArray<double> behind;

    /// <summary>Prepares all sequences.</summary>
    public Fadings(SortedItems sorted, int threads)
    {
        this.sorted = sorted;
        var length = (long)sorted.Sequences * sorted.Items;
        (fadings, before, behind) = (sorted.Fadings(threads), new ScratchArray<double>(length), new ScratchArray<double>(length));
        SequenceWork.Run(sorted, threads, 0, this, static (self, sequence, _) => self.Row(sequence).SetTotals());
    }

    /// <summary>One sequence.</summary>
    public FadingRow Row(int sequence)
    {
        int start = sequence * sorted.Items, count = sorted.Shape(sequence).Finite;
        return new FadingRow(fadings.Array.AsSpan(start, count), before.Array.AsSpan(start, count), behind.Array.AsSpan(start, count));
    }

    public void Dispose()
    {
        fadings.Dispose();
        before.Dispose();
        behind.Dispose();
    }
}

/// <summary>The finite scores of one sorted sequence, as depths y below the largest one over τ, known by what fades between neighbours.</summary>
/// <param name="fading">exp(-gap) below each place; 0 at the last.</param>
/// <param name="before">A[m] = Σ_{j≤m} exp(y[j] - y[m]).</param>
/// <param name="behind">B[m] = Σ_{j≥m} exp(y[m] - y[j]).</param>
internal readonly ref struct FadingRow(Span<double> fading, Span<double> before, Span<double> behind)
{
    private readonly Span<double> fading = fading;
    private readonly Span<double> before = before;
    private readonly Span<double> behind = behind;

    /// <summary>The number of finite scores.</summary>
    public int Count => fading.Length;

    /// <summary>A of a place, 0 for the one before the first.</summary>
    public double Before(int place) => place < 0 ? 0 : before[place];

    /// <summary>B of a place, 0 for the one behind the last.</summary>
    public double Behind(int place) => place >= behind.Length ? 0 : behind[place];

    /// <summary>exp(-gap) below a place.</summary>
    public double Fading(int place) => fading[place];

    /// <summary>Sets A and B.</summary>
    public void SetTotals()
    {
        before.Fill(1);
        behind.Fill(1);
        FadeForward(before);
        FadeBackward(behind);
    }

    /// <summary>Adds to each place what fades from those before it.</summary>
    public void FadeForward(Span<double> values)
    {
        double sum = 0;
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = sum += values[i];
            sum *= fading[i];
        }
    }

    /// <summary>Adds to each place what fades from those behind it.</summary>
    public void FadeBackward(Span<double> values)
    {
        double sum = 0;
        for (var i = values.Length - 1; i >= 0; i--) values[i] = sum = values[i] + fading[i] * sum;
    }

    /// <summary>F at a score: Σ_j Φ(y[m] - y[j]), the number of scores before that depth, softly.</summary>
    public double CountAt(int place) => place + 1 - 0.5 * before[place] + 0.5 * fading[place] * Behind(place + 1);

    /// <summary>The last place whose score is not behind the threshold F(d) = target; -1 if all are. Binary search.</summary>
    public int Segment(double target)
    {
        int low = -1, high = Count;
        while (high - low > 1)
        {
            var middle = (low + high) >> 1;
            if (CountAt(middle) <= target) low = middle;
            else high = middle;
        }

        return low;
    }

    /// <summary>The threshold F(d) = target within a segment.</summary>
    /// <remarks>
    /// Between y[m] and y[m+1], with p = exp(y[m] - d), q = exp(d - y[m+1]), pq the fading and r = target - (m + 1),
    /// F(d) = target reads <c>B q - A p = 2r</c>: a quadratic, whose root is taken on the side where nothing cancels.
    /// </remarks>
    public Threshold Solve(double target, int segment)
    {
        var excess = target - (segment + 1);
        double a = Before(segment), b = Behind(segment + 1), f = segment < 0 ? 0 : fading[segment];
        var root = Math.Sqrt(excess * excess + a * b * f);
        double p, q;
        if (excess < 0)
        {
            p = Math.Min(1, (root - excess) / a);
            q = f / p;
        }
        else
        {
            q = Math.Min(1, (root + excess) / b);
            p = q > 0 ? f / q : 0;
        }

        return new Threshold(segment, excess, p, q);
    }

    /// <summary>The densities at a threshold over their sum: that of place j ≤ m is the first times exp(y[j] - y[m]), of the others likewise.</summary>
    /// <remarks>Where both underflow, r = 0 and the two sides weigh the same.</remarks>
    public (double Before, double Behind) Weights(Threshold threshold)
    {
        double a = Before(threshold.Segment), b = Behind(threshold.Segment + 1);
        if (threshold.Excess == 0) return (0.5 / a, 0.5 / b);
        var total = threshold.ToBefore * a + threshold.ToBehind * b;
        return (threshold.ToBefore / total, threshold.ToBehind / total);
    }

    /// <summary>How far a threshold lies behind y[m] and before y[m+1].</summary>
    /// <param name="threshold">The threshold.</param>
    /// <param name="gap">y[m+1] - y[m]; infinite at either end.</param>
    public (double Before, double Behind) Distances(Threshold threshold, double gap)
    {
        switch (threshold.Excess)
        {
            case < 0:
                var distance = -Math.Log(threshold.ToBefore);
                return (distance, Math.Max(0, gap - distance));
            case > 0:
                distance = -Math.Log(threshold.ToBehind);
                return (Math.Max(0, gap - distance), distance);
            default:
                distance = Math.Clamp(0.5 * (gap + Math.Log(Before(threshold.Segment) / Behind(threshold.Segment + 1))), 0, gap);
                return (distance, gap - distance);
        }
    }
}

/// <summary>A threshold d between two neighbouring scores.</summary>
/// <param name="Segment">m: the place of the score before it, -1 if there is none.</param>
/// <param name="Excess">r: F(d) less the number of scores before it.</param>
/// <param name="ToBefore">p = exp(y[m] - d).</param>
/// <param name="ToBehind">q = exp(d - y[m+1]).</param>
internal readonly record struct Threshold(int Segment, double Excess, double ToBefore, double ToBehind);
