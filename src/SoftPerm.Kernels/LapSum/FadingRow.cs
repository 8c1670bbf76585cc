namespace SoftPerm.Kernels.LapSum;

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
