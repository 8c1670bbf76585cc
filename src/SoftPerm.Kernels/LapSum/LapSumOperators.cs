using System.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.LapSum;

/// <summary>LapSum: <c>P[i,j] = Φ(d[i+1] - y[j]) - Φ(d[i] - y[j])</c>, y the depths of the scores in order over τ, d the thresholds.</summary>
/// <remarks>
/// The gradient on y of Σ_k v[k] Σ_j Φ(d[k] - y[j]) x[j], the thresholds moving with y so that Σ_j Φ stays k, is
/// <c>Σ_k v[k] φ(d[k] - y[j]) (x̄[k] - x[j])</c>, where x̄[k] is the mean of x under the densities φ at d[k].
/// </remarks>
internal sealed class LapSumOperators<T>(SortedItems sorted, int threads) : PlaceOperators<T>(sorted, threads)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Scratch columns: what fades each way from items and from thresholds, Σ_c v·x̄.
    private const int Forward = Own, Backward = Own + 1, FromBefore = Own + 2, FromBehind = Own + 3, Means = Own + 4;

    // Those of the cross-entropy, in place of others.
    private const int Depths = X, DistancesBefore = W, DistancesBehind = Forward, Pulls = Means;

    private readonly Thresholds thresholds = new(sorted, threads);

    public override void Dispose() => thresholds.Dispose();

    protected override int ScratchColumns => Own + 5;

    protected override void Mix(PlaceColumns places)
    {
        var row = Row(places);
        row.Fade(places[X], places[Forward], places[Backward]);
        row.Mix(places[X], places[Forward], places[Backward], places[Mixture]);
    }

    protected override void SpreadColumn(PlaceColumns places)
    {
        var row = Row(places);
        row.SpreadSteps(places[W], places[FromBehind], places[FromBefore]);
        row.Distribute(places[W], places[FromBehind], places[FromBefore], places[Spread]);
    }

    protected override void BeginGradient(PlaceColumns places)
    {
        places[Means].Clear();
        places[Gradient].Clear();
    }

    protected override void AddColumn(PlaceColumns places, bool mixes, bool spreads)
    {
        var row = Row(places);
        row.Fade(places[X], places[Forward], places[Backward]);
        row.AddMeans(places[Forward], places[Backward], places[W], places[Means]);
        row.SpreadSteps(places[W], places[FromBehind], places[FromBefore]);
        Span<double> x = places[X], fromBehind = places[FromBehind], fromBefore = places[FromBefore], gradient = places[Gradient];
        for (var j = 0; j < x.Length; j++) gradient[j] += 0.5 * x[j] * (fromBehind[j] + fromBefore[j]);
        if (mixes) row.Mix(places[X], places[Forward], places[Backward], places[Mixture]);
        if (spreads) row.Distribute(places[W], places[FromBehind], places[FromBefore], places[Spread]);
    }

    protected override void EndGradient(PlaceColumns places)
    {
        Row(places).Spread(places[Means], places[FromBehind], places[FromBefore]);
        Span<double> fromBehind = places[FromBehind], fromBefore = places[FromBefore], gradient = places[Gradient];
        for (var j = 0; j < gradient.Length; j++) gradient[j] -= 0.5 * (fromBehind[j] + fromBefore[j]);
    }

    protected override void PrepareLogs(PlaceColumns places)
    {
        var row = Row(places);
        Span<double> before = places[DistancesBefore], behind = places[DistancesBehind];
        Sorted.SetDepths(places.Sequence, places[Depths]);
        var gaps = Sorted.Gaps.AsSpan(Sorted.GapStart(places.Sequence), places.Count);
        for (var k = 1; k < row.Count; k++)
        {
            var segment = row[k].Segment;
            var gap = segment < 0 || segment + 1 == gaps.Length ? double.PositiveInfinity : gaps[segment];
            (before[k], behind[k]) = row.Scores.Distances(row[k], gap);
        }
    }

    protected override void Logs(PlaceColumns places, ReadOnlySpan<int> columns, Span<double> logs)
    {
        var entries = Entries(places);
        for (var i = 0; i < columns.Length; i++) logs[i] = columns[i] < 0 ? 0 : entries.Log(i, columns[i]);
    }

    protected override void BeginLogsGradient(PlaceColumns places, double weight)
    {
        BeginGradient(places);
        PrepareLogs(places);
    }

    protected override void AddLogsGradient(PlaceColumns places, ReadOnlySpan<int> columns, double weight)
    {
        var entries = Entries(places);
        Span<double> gradient = places[Gradient], pulls = places[Pulls];
        for (var i = 0; i < columns.Length; i++)
        {
            if (columns[i] < 0) continue;
            var (above, below, difference) = entries.Slopes(i, columns[i]);
            gradient[columns[i]] -= weight * difference;
            if (i > 0) pulls[i] += weight * above;
            if (i + 1 < pulls.Length) pulls[i + 1] -= weight * below;
        }
    }

    protected override void EndLogsGradient(PlaceColumns places)
    {
        Row(places).SpreadNormalized(places[Pulls], places[FromBehind], places[FromBefore]);
        Span<double> fromBehind = places[FromBehind], fromBefore = places[FromBefore], gradient = places[Gradient];
        for (var j = 0; j < gradient.Length; j++) gradient[j] -= fromBehind[j] + fromBefore[j];
    }

    private ThresholdRow Row(PlaceColumns places) => thresholds.Row(places.Sequence);

    private LogEntries Entries(PlaceColumns places) => new(Row(places), places[Depths], places[DistancesBefore], places[DistancesBehind]);
}
