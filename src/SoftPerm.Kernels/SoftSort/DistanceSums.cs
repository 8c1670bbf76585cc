using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.SoftSort;

/// <summary>Sums over the finite scores t of a sorted sequence, weighted by K(t[i] - t[m]) = exp(-d(t[i] - t[m])).</summary>
internal abstract class DistanceSums(SortedItems sorted) : IDisposable
{
    /// <summary>The sequences.</summary>
    public SortedItems Sorted { get; } = sorted;

    /// <summary>Doubles of scratch that <see cref="Sum"/> needs.</summary>
    public virtual long Scratch => 0;

    /// <summary>Sums values: <c>sums[i] = Σ_m K(t[i]-t[m]) x[m]</c> and <c>slopes[i] = -Σ_m K'(t[i]-t[m]) x[m]</c>, with K'(0) = 0.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="values">x, by finite place.</param>
    /// <param name="sums">Receives the sums.</param>
    /// <param name="slopes">Receives the slopes; empty if they are not wanted.</param>
    /// <param name="scratch">Scratch.</param>
    public abstract void Sum(int sequence, ReadOnlySpan<double> values, Span<double> sums, Span<double> slopes, Span<double> scratch);

    /// <summary>d of a difference of scores.</summary>
    public abstract double Distance(double difference);

    /// <summary>d' of a difference of scores, 0 at 0.</summary>
    public abstract double Slope(double difference);

    public abstract void Dispose();
}

/// <summary>d = |t|: two scans, one from each end, in which what was summed fades by exp(-gap) from a place to the next.</summary>
internal sealed class LaplaceSums(SortedItems sorted, int threads) : DistanceSums(sorted)
{
    private readonly ScratchArray<double> fadings = sorted.Fadings(threads);

    public override double Distance(double difference) => Math.Abs(difference);

    public override double Slope(double difference) => Math.Sign(difference);

    public override void Sum(int sequence, ReadOnlySpan<double> values, Span<double> sums, Span<double> slopes, Span<double> scratch)
    {
        var fading = fadings.Array.AsSpan(sequence * Sorted.Items, values.Length);
        // 1. From the smallest score on: Σ over smaller scores, the own one left out.
        double smaller = 0;
        for (var i = values.Length - 1; i >= 0; i--)
        {
            sums[i] = smaller;
            if (i > 0) smaller = fading[i - 1] * (values[i] + smaller);
        }

        // 2. From the largest score on: Σ over larger ones. Equal scores have no slope between them.
        double larger = 0;
        if (slopes.IsEmpty)
        {
            for (var i = 0; i < values.Length; i++)
            {
                sums[i] += values[i] + larger;
                larger = fading[i] * (values[i] + larger);
            }

            return;
        }

        for (int first = 0, end; first < values.Length; first = end)
        {
            for (end = first + 1; end < values.Length && fading[end - 1] == 1; end++) ;
            var slope = sums[end - 1] - larger;
            for (var i = first; i < end; i++)
            {
                sums[i] += values[i] + larger;
                slopes[i] = slope;
                larger = fading[i] * (values[i] + larger);
            }
        }
    }

    public override void Dispose() => fadings.Dispose();
}
