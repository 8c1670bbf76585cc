using CsCheck;
using SoftPerm.Kernels.LapSum;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Kernels.Tests.Memory;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Kernels.Tests.LapSum;

/// <summary>The closed form of LapSum's thresholds against what defines them.</summary>
public sealed class ThresholdsTests
{
    // Ties, and gaps from a rounding error to a million temperatures, where the density underflows.
    private static readonly Gen<double[]> Gaps =
        Gen.OneOf(Gen.Const(0.0), Gen.Double[-12, 6].Select(e => Math.Pow(10, e))).Array[0, 40];

    [Fact]
    public void The_sum_at_each_threshold_is_its_number() => Gaps.Sample(gaps =>
    {
        var depths = Depths(gaps);
        using var memory = new PinnedMemory();
        using var sorted = Sorted(memory, depths);
        using var thresholds = new Thresholds(sorted, 1);
        var row = thresholds.Row(0);
        for (var k = 1; k < depths.Length; k++)
        {
            var threshold = row[k];
            var (before, behind) = row.Scores.Distances(threshold, Gap(sorted, threshold.Segment, depths.Length));
            double sum = 0;
            for (var j = 0; j < depths.Length; j++)
            {
                sum += j <= threshold.Segment
                    ? Laplace(depths[threshold.Segment] - depths[j] + before)
                    : Laplace(depths[threshold.Segment + 1] - depths[j] - behind);
            }

            Compare.Close(k, sum, 0, Tolerances.ThresholdSum);
        }
    });

    [Fact]
    public void The_densities_at_each_threshold_sum_to_one_however_far_it_is() => Gaps.Sample(gaps =>
    {
        var depths = Depths(gaps);
        using var memory = new PinnedMemory();
        using var sorted = Sorted(memory, depths);
        using var thresholds = new Thresholds(sorted, 1);
        var row = thresholds.Row(0);
        for (var k = 1; k < depths.Length; k++)
        {
            var (before, behind) = row.Scores.Weights(row[k]);
            var segment = row[k].Segment;
            Compare.Close(1, before * row.Scores.Before(segment) + behind * row.Scores.Behind(segment + 1), Tolerances.DensitySum);
        }
    });

    [Fact]
    public void Thresholds_rise() => Gaps.Sample(gaps =>
    {
        var depths = Depths(gaps);
        using var memory = new PinnedMemory();
        using var sorted = Sorted(memory, depths);
        using var thresholds = new Thresholds(sorted, 1);
        var row = thresholds.Row(0);
        for (var k = 2; k < depths.Length; k++)
        {
            Threshold last = row[k - 1], next = row[k];
            Assert.True(next.Segment >= last.Segment);
            if (next.Segment > last.Segment) continue;
            Assert.True(next.ToBefore <= last.ToBefore && next.ToBehind >= last.ToBehind);
        }
    });

    [Fact]
    public void Threads_change_nothing()
    {
        double[] depths = Depths([.. Enumerable.Range(0, 40_000).Select(k => Math.Exp(Math.Sin(k * k) * 10 - 8))]);
        using var memory = new PinnedMemory();
        using var sorted = Sorted(memory, depths);
        using Thresholds one = new(sorted, 1), two = new(sorted, 2);
        for (var k = 0; k <= depths.Length; k++) Assert.Equal(one.Row(0)[k], two.Row(0)[k]);
    }

    private static double[] Depths(double[] gaps)
    {
        var depths = new double[gaps.Length + 1];
        for (var k = 0; k < gaps.Length; k++) depths[k + 1] = depths[k] + gaps[k];
        return depths;
    }

    private static SortedItems Sorted(PinnedMemory memory, double[] depths)
    {
        double[] scores = [.. depths.Select(d => -d)];
        return SortedItems.Of(memory.Of<double>(scores), default, [1.0], scores.Length, descending: true, threads: 1);
    }

    private static double Gap(SortedItems sorted, int segment, int items) =>
        segment < 0 || segment == items - 1 ? double.PositiveInfinity : sorted.Gaps[sorted.GapStart(0) + segment];

    private static double Laplace(double x) => x < 0 ? 0.5 * Math.Exp(x) : 1 - 0.5 * Math.Exp(-x);
}
