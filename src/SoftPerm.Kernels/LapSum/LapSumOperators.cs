using System.Numerics;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.LapSum;

/// <summary>LapSum: <c>P[i,j] = Φ(d[i+1] - y[j]) - Φ(d[i] - y[j])</c>, y the depths of the scores in order over τ, d the thresholds.</summary>
/// <remarks>
/// The gradient on y of Σ_k v[k] Σ_j Φ(d[k] - y[j]) x[j], the thresholds moving with y so that Σ_j Φ stays k, is
/// <c>Σ_k v[k] φ(d[k] - y[j]) (x̄[k] - x[j])</c>, where x̄[k] is the mean of x under the densities φ at d[k].
/// </remarks>
internal sealed partial class LapSumOperators<T> : SortOperators<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Scratch columns: x, w, what fades each way from items and from thresholds, a result, Σ_c v·x̄, the gradient on t = -y.
    private const int X = 0, W = 1, Forward = 2, Backward = 3, Result = 4, FromBefore = 5, FromBehind = 6, Means = 7, Gradient = 8, All = 9;

    private readonly SortedItems sorted;
    private readonly int threads;
    private readonly Thresholds thresholds;

    /// <summary>Solves for the thresholds of a batch.</summary>
    public LapSumOperators(SortedItems sorted, int threads) =>
        (this.sorted, this.threads, thresholds) = (sorted, threads, new Thresholds(sorted, threads));

    public override void Apply(ItemMatrix<T> values, ItemMatrix<T> result) => ForEachSequence(5, (Self: this, values, result), static (job, places, row) =>
    {
        for (var c = 0; c < job.values.Columns; c++)
        {
            var centre = places.LoadItems(job.values, c, places[X]);
            row.Fade(places[X], places[Forward], places[Backward]);
            row.Mix(places[X], places[Forward], places[Backward], places[Result]);
            places.StorePlaces(places[Result], centre, job.result, c);
        }

        job.Self.sorted.StoreEdges(places.Sequence, 0, job.Self.sorted.Items, job.values, job.result);
    });

    public override void ApplyGradient(
        ItemMatrix<T> values, ItemMatrix<T> upstream, ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        if (valueGradient.IsWanted) valueGradient.Clear();
        ForEachSequence(All, (Self: this, values, upstream, valueGradient, scoreGradient, temperatureGradient), static (job, places, row) =>
        {
            Begin(places);
            for (var c = 0; c < job.values.Columns; c++)
            {
                places.LoadItems(job.values, c, places[X]);
                places.LoadPlaces(job.upstream, c, places[W]);
                AddColumn(places, row);
                if (!job.valueGradient.IsWanted) continue;
                row.Distribute(places[W], places[FromBehind], places[FromBefore], places[Result]);
                places.StoreItems(places[Result], job.valueGradient, c);
            }

            if (job.valueGradient.IsWanted) job.Self.sorted.StoreTransposedEdges(places.Sequence, 0, job.Self.sorted.Items, job.upstream, job.valueGradient);
            End(places, row, job.scoreGradient, job.temperatureGradient);
        });
    }

    public override void ApplyTranspose(ItemMatrix<T> values, ItemMatrix<T> result)
    {
        result.Clear();
        ForEachSequence(FromBehind + 1, (Self: this, values, result), static (job, places, row) =>
        {
            for (var c = 0; c < job.values.Columns; c++)
            {
                places.LoadPlaces(job.values, c, places[W]);
                row.SpreadSteps(places[W], places[FromBehind], places[FromBefore]);
                row.Distribute(places[W], places[FromBehind], places[FromBefore], places[Result]);
                places.StoreItems(places[Result], job.result, c);
            }

            job.Self.sorted.StoreTransposedEdges(places.Sequence, 0, job.Self.sorted.Items, job.values, job.result);
        });
    }

    public override void ApplyTransposeGradient(
        ItemMatrix<T> values, ItemMatrix<T> upstream, ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        ForEachSequence(All, (Self: this, values, upstream, valueGradient, scoreGradient, temperatureGradient), static (job, places, row) =>
        {
            Begin(places);
            for (var c = 0; c < job.values.Columns; c++)
            {
                var centre = places.LoadItems(job.upstream, c, places[X]);
                places.LoadPlaces(job.values, c, places[W]);
                AddColumn(places, row);
                if (!job.valueGradient.IsWanted) continue;
                row.Mix(places[X], places[Forward], places[Backward], places[Result]);
                places.StorePlaces(places[Result], centre, job.valueGradient, c);
            }

            if (job.valueGradient.IsWanted) job.Self.sorted.StoreEdges(places.Sequence, 0, job.Self.sorted.Items, job.upstream, job.valueGradient);
            End(places, row, job.scoreGradient, job.temperatureGradient);
        });

    public override void Dispose() => thresholds.Dispose();

    private delegate void SequenceAction<TState>(TState state, PlaceColumns places, ThresholdRow row);

    private void ForEachSequence<TState>(int columns, TState state, SequenceAction<TState> action) =>
        SequenceWork.Run(sorted, threads, (long)columns * sorted.Items, (Self: this, state, action), static (job, sequence, memory) =>
            job.action(job.state, new PlaceColumns(job.Self.sorted, sequence, memory), job.Self.thresholds.Row(sequence)));

    private static void Begin(PlaceColumns places)
    {
        places[Means].Clear();
        places[Gradient].Clear();
    }

    /// <summary>Fades x and the steps of w, and adds to the gradient.</summary>
    private static void AddColumn(PlaceColumns places, ThresholdRow row)
    {
        row.Fade(places[X], places[Forward], places[Backward]);
        row.AddMeans(places[Forward], places[Backward], places[W], places[Means]);
        row.SpreadSteps(places[W], places[FromBehind], places[FromBefore]);
        Span<double> x = places[X], fromBehind = places[FromBehind], fromBefore = places[FromBefore], gradient = places[Gradient];
        for (var j = 0; j < x.Length; j++) gradient[j] += 0.5 * x[j] * (fromBehind[j] + fromBefore[j]);
    }

    private static void End(PlaceColumns places, ThresholdRow row, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        if (!scoreGradient.IsWanted && temperatureGradient.IsEmpty) return;
        row.Spread(places[Means], places[FromBehind], places[FromBefore]);
        Span<double> fromBehind = places[FromBehind], fromBefore = places[FromBefore], gradient = places[Gradient];
        for (var j = 0; j < gradient.Length; j++) gradient[j] -= 0.5 * (fromBehind[j] + fromBefore[j]);
        places.AddGradient(gradient, places[X], scoreGradient, temperatureGradient);
    }
}
