using System.Numerics;
using SoftPerm.Kernels.Numerics;
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

/// <summary>Single entries of log P and their slopes, from distances only: exact where P itself underflows.</summary>
/// <param name="row">The thresholds.</param>
/// <param name="depths">y.</param>
/// <param name="before">How far each threshold lies behind the score before it.</param>
/// <param name="behind">How far each threshold lies before the score behind it.</param>
internal readonly ref struct LogEntries(ThresholdRow row, ReadOnlySpan<double> depths, ReadOnlySpan<double> before, ReadOnlySpan<double> behind)
{
    private const double Ln2 = 0.693147180559945309;

    private readonly ThresholdRow row = row;
    private readonly ReadOnlySpan<double> depths = depths;
    private readonly ReadOnlySpan<double> before = before;
    private readonly ReadOnlySpan<double> behind = behind;

    /// <summary>log P of a place and a sorted item.</summary>
    public double Log(int place, int item)
    {
        if (row[place].Segment >= item) return OutsideLog(Behind(item, place), place);
        if (row[place + 1].Segment < item) return OutsideLog(Before(item, place + 1), place);
        return Math.Log(Inside(Before(item, place), Behind(item, place + 1)));
    }

    /// <summary>The slopes of log P in the place's two thresholds, that in the first one negated, and their difference.</summary>
    public (double First, double Second, double Difference) Slopes(int place, int item)
    {
        var width = Width(place);
        double near = -1 / ExpMinusOne.Of(-width), far = 1 / ExpMinusOne.Of(width);
        if (row[place].Segment >= item) return (near, far, -1);
        if (row[place + 1].Segment < item) return (far, near, 1);
        double first = Before(item, place), second = Behind(item, place + 1), entry = Inside(first, second);
        first = 0.5 * Math.Exp(-first) / entry;
        second = 0.5 * Math.Exp(-second) / entry;
        return (first, second, second - first);
    }

    private static double Inside(double first, double second) => -0.5 * (ExpMinusOne.Of(-first) + ExpMinusOne.Of(-second));

    private double OutsideLog(double distance, int place) => Math.Log(-ExpMinusOne.Of(-Width(place))) - distance - Ln2;

    /// <summary>How far a threshold before an item lies before it.</summary>
    private double Before(int item, int k) => k == 0 ? double.PositiveInfinity : depths[item] - depths[row[k].Segment + 1] + behind[k];

    /// <summary>How far a threshold behind an item lies behind it.</summary>
    private double Behind(int item, int k) => k == depths.Length ? double.PositiveInfinity : depths[row[k].Segment] - depths[item] + before[k];

    /// <summary>d[i+1] - d[i], measured from the side where distances are small.</summary>
    private double Width(int place)
    {
        if (place == 0 || place + 1 == depths.Length) return double.PositiveInfinity;
        int first = row[place].Segment, second = row[place + 1].Segment;
        if (first != second) return behind[place] + (depths[second] - depths[first + 1]) + before[place + 1];
        return row[place + 1].Excess <= 0 ? before[place + 1] - before[place] : behind[place] - behind[place + 1];
    }
}
