using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.LapSum;

internal sealed partial class LapSumOperators<T>
{
    // Scratch columns of the cross-entropy, in place of others.
    private const int Depths = X, DistancesBefore = W, DistancesBehind = Forward, Pulls = Means;

    public override void CrossEntropy(Buffer<long> order, Buffer<T> result) =>
        ForEachSequence(3, (Self: this, order, result), static (job, places, row) =>
            job.result[places.Sequence] = T.CreateTruncating(job.Self.CrossEntropy(places, row, job.order)));

    public override void CrossEntropyGradient(
        Buffer<long> order, Buffer<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        ForEachSequence(All, (Self: this, order, upstream, scoreGradient, temperatureGradient), static (job, places, row) =>
        {
            var sorted = job.Self.sorted;
            var weight = double.CreateTruncating(job.upstream[places.Sequence]) / Math.Max(1, sorted.Shape(places.Sequence).Present);
            Begin(places);
            var entries = job.Self.Entries(places, row);
            using var ranks = sorted.Ranks(places.Sequence);
            var wanted = job.order.Span((long)places.Sequence * sorted.Items + places.First, places.Count);
            Span<double> gradient = places[Gradient], pulls = places[Pulls];
            for (var i = 0; i < wanted.Length; i++)
            {
                var column = ranks.Array[wanted[i]] - places.First;
                if (column < 0 || column >= places.Count) continue;
                var (above, below, difference) = entries.Slopes(i, column);
                gradient[column] -= weight * difference;
                if (i > 0) pulls[i] += weight * above;
                if (i + 1 < pulls.Length) pulls[i + 1] -= weight * below;
            }

            row.SpreadNormalized(pulls, places[FromBehind], places[FromBefore]);
            for (var j = 0; j < gradient.Length; j++) gradient[j] -= places[FromBehind][j] + places[FromBefore][j];
            places.AddGradient(gradient, places[Depths], job.scoreGradient, job.temperatureGradient);
        });

    private double CrossEntropy(PlaceColumns places, ThresholdRow row, Buffer<long> order)
    {
        var shape = sorted.Shape(places.Sequence);
        if (shape.HasUnsettled(0, shape.Present)) return double.NaN;
        using var ranks = sorted.Ranks(places.Sequence);
        var entries = Entries(places, row);
        var wanted = order.Span((long)places.Sequence * sorted.Items, sorted.Items);
        double sum = 0;
        for (var place = 0; place < shape.Present; place++)
        {
            var rank = ranks.Array[wanted[place]];
            var isFinite = place >= shape.First && place < shape.End;
            if (isFinite && rank >= shape.First && rank < shape.End) sum -= entries.Log(place - shape.First, rank - shape.First);
            else if (rank != place) return double.PositiveInfinity; // no mass leaves a place of its own
        }

        return sum / Math.Max(1, shape.Present);
    }

    private LogEntries Entries(PlaceColumns places, ThresholdRow row)
    {
        Span<double> depths = places[Depths], before = places[DistancesBefore], behind = places[DistancesBehind];
        sorted.SetDepths(places.Sequence, depths);
        var gaps = sorted.Gaps.AsSpan(sorted.GapStart(places.Sequence), places.Count);
        for (var k = 1; k < row.Count; k++)
        {
            var segment = row[k].Segment;
            var gap = segment < 0 || segment + 1 == gaps.Length ? double.PositiveInfinity : gaps[segment];
            (before[k], behind[k]) = row.Scores.Distances(row[k], gap);
        }

        return new LogEntries(row, depths, before, behind);
    }
}
