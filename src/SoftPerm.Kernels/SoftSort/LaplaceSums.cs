using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.SoftSort;

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
