using System.Numerics;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Sorting;

/// <summary>Relaxations that mix one column of values after the other along the sorted scores of one sequence.</summary>
internal abstract class PlaceOperators<T>(SortedItems sorted, int threads) : SortOperators<T>(sorted, threads)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // Scratch columns: values by sorted item, values or a gradient by place, P X, Pᵀ W, the gradient on the scores over τ; then a kernel's own.
    protected const int X = 0, W = 1, Mixture = 2, Spread = 3, Gradient = 4, Own = 5;

    /// <summary>The scratch columns in use.</summary>
    protected abstract int ScratchColumns { get; }

    /// <summary>Doubles of scratch behind them.</summary>
    protected virtual long MoreScratch => 0;

    /// <summary>Computes the mixture P X.</summary>
    protected abstract void Mix(PlaceColumns places);

    /// <summary>Computes the sums Pᵀ W by sorted item; W may be used up.</summary>
    protected abstract void SpreadColumn(PlaceColumns places);

    /// <summary>Begins the gradient of Σ W · P X over columns.</summary>
    protected abstract void BeginGradient(PlaceColumns places);

    /// <summary>Adds a column, and computes the mixture, or the sums, where they are wanted.</summary>
    protected abstract void AddColumn(PlaceColumns places, bool mixes, bool spreads);

    /// <summary>Completes the gradient.</summary>
    protected abstract void EndGradient(PlaceColumns places);

    /// <summary>Puts into X and W what entries of log P need.</summary>
    protected abstract void PrepareLogs(PlaceColumns places);

    /// <summary>One entry of log P in each row.</summary>
    protected abstract void Logs(PlaceColumns places, ReadOnlySpan<int> columns, Span<double> logs);

    /// <summary>Begins the gradient of a sum of -log P over entries.</summary>
    /// <param name="places">The sequence, not yet prepared.</param>
    /// <param name="weight">The sum of the weights of all orders.</param>
    protected abstract void BeginLogsGradient(PlaceColumns places, double weight);

    /// <summary>Adds one entry of each row, times a weight.</summary>
    protected abstract void AddLogsGradient(PlaceColumns places, ReadOnlySpan<int> columns, double weight);

    /// <summary>Completes the gradient.</summary>
    protected abstract void EndLogsGradient(PlaceColumns places);

    protected sealed override long LogScratch => (long)ScratchColumns * Sorted.Items + MoreScratch;

    protected sealed override IDisposable? ApplyFinite(ItemMatrix<T> values, ItemMatrix<T> result, bool leavesTape)
    {
        ForEachSequence((Self: this, values, result), static (job, places) =>
        {
            for (var c = 0; c < job.values.Columns; c++)
            {
                var centre = places.LoadItems(job.values, c, places[X]);
                job.Self.Mix(places);
                places.StorePlaces(places[Mixture], centre, job.result, c);
            }
        });
        return null;
    }

    protected sealed override void ApplyFiniteGradient(
        IDisposable? tape, ItemMatrix<T> values, ItemMatrix<T> upstream,
        ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        AddColumns(values, PlaceValues<T>.Of(upstream), default, valueGradient, scoreGradient, temperatureGradient);

    protected sealed override IDisposable? TransposeFinite(PlaceValues<T> values, ItemMatrix<T> result, bool leavesTape)
    {
        ForEachSequence((Self: this, values, result), static (job, places) =>
        {
            for (var c = 0; c < job.result.Columns; c++)
            {
                places.LoadPlaces(job.values, c, places[W]);
                job.Self.SpreadColumn(places);
                places.StoreItems(places[Spread], job.result, c);
            }
        });
        return null;
    }

    protected sealed override void TransposeFiniteGradient(
        IDisposable? tape, PlaceValues<T> values, ItemMatrix<T> upstream,
        ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        AddColumns(upstream, values, valueGradient, default, scoreGradient, temperatureGradient);

    protected sealed override void PrepareLogs(int sequence, Span<double> scratch) => PrepareLogs(new PlaceColumns(Sorted, sequence, scratch));

    protected sealed override void Logs(IDisposable? tape, int sequence, ReadOnlySpan<int> columns, Span<double> logs, Span<double> scratch) =>
        Logs(new PlaceColumns(Sorted, sequence, scratch), columns, logs);

    protected sealed override void LogsGradient(
        IDisposable? tape, Buffer<long> orders, int samples, Buffer<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        ForEachSequence((Self: this, orders, samples, upstream, scoreGradient, temperatureGradient), static (job, places) =>
        {
            using var wanted = new WantedOrders(job.Self.Sorted, places.Sequence, job.orders, job.samples);
            job.Self.BeginLogsGradient(places, wanted.Weight(job.upstream));
            for (var sample = 0; sample < job.samples; sample++)
                job.Self.AddLogsGradient(places, wanted.Columns(sample, out _), wanted.Weight(job.upstream, sample));
            job.Self.EndLogsGradient(places);
            places.AddGradient(places[Gradient], places[X], job.scoreGradient, job.temperatureGradient);
        });

    protected Span<double> Behind(PlaceColumns places) => places.Behind(ScratchColumns);

    /// <summary>The gradients of Σ Y · P X, and P X and Pᵀ Y where they are wanted.</summary>
    private void AddColumns(
        ItemMatrix<T> x, PlaceValues<T> y, ItemMatrix<T> px, ItemMatrix<T> pty, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        ForEachSequence((Self: this, x, y, px, pty, scoreGradient, temperatureGradient), static (job, places) =>
        {
            job.Self.BeginGradient(places);
            for (var c = 0; c < job.x.Columns; c++)
            {
                var centre = places.LoadItems(job.x, c, places[X]);
                places.LoadPlaces(job.y, c, places[W]);
                job.Self.AddColumn(places, job.px.IsWanted, job.pty.IsWanted);
                if (job.px.IsWanted) places.StorePlaces(places[Mixture], centre, job.px, c);
                if (job.pty.IsWanted) places.StoreItems(places[Spread], job.pty, c);
            }

            if (!job.scoreGradient.IsWanted && job.temperatureGradient.IsEmpty) return;
            job.Self.EndGradient(places);
            places.AddGradient(places[Gradient], places[X], job.scoreGradient, job.temperatureGradient);
        });

    protected delegate void SequenceAction<TState>(TState state, PlaceColumns places);

    protected void ForEachSequence<TState>(TState state, SequenceAction<TState> action) =>
        SequenceWork.Run(Sorted, Threads, LogScratch, (Self: this, state, action), static (job, sequence, memory) =>
            job.action(job.state, new PlaceColumns(job.Self.Sorted, sequence, memory)));
}

/// <summary>Scratch columns over the finite places of one sequence, and the way there from the caller's matrices and back.</summary>
/// <param name="sorted">The sequences.</param>
/// <param name="sequence">Which one.</param>
/// <param name="memory">Holds the columns, one after the other.</param>
internal readonly ref struct PlaceColumns(SortedItems sorted, int sequence, Span<double> memory)
{
    private readonly Span<double> memory = memory;

    /// <summary>The sequence.</summary>
    public int Sequence { get; } = sequence;

    /// <summary>The place of the first finite score.</summary>
    public int First { get; } = sorted.Shape(sequence).First;

    /// <summary>The number of finite scores.</summary>
    public int Count { get; } = sorted.Shape(sequence).Finite;

    /// <summary>The item at each finite place.</summary>
    public ReadOnlySpan<int> Items => sorted.Order(Sequence).Slice(First, Count);

    /// <summary>One column.</summary>
    public Span<double> this[int column] => memory.Slice(column * Count, Count);

    /// <summary>All that lies behind some columns.</summary>
    public Span<double> Behind(int columns) => memory[(columns * Count)..];

    /// <summary>Loads a column of values by item, less the value in the middle, so that a common offset costs no accuracy.</summary>
    /// <returns>What was subtracted.</returns>
    public double LoadItems<T>(ItemMatrix<T> values, int column, Span<double> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (Count == 0) return 0;
        var items = Items;
        var source = values.Column(Sequence, 1, column);
        var centre = source.Centre(items[Count / 2]);
        for (var i = 0; i < items.Length; i++) target[i] = double.CreateTruncating(source[items[i]]) - centre;
        return centre;
    }

    /// <summary>Loads a column of values by place.</summary>
    public void LoadPlaces<T>(PlaceValues<T> values, int column, Span<double> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => values.Load(Sequence, First, Count, column, target);

    /// <summary>Stores a column by item.</summary>
    public void StoreItems<T>(ReadOnlySpan<double> source, ItemMatrix<T> target, int column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var items = Items;
        var values = target.Column(Sequence, 1, column);
        for (var i = 0; i < items.Length; i++) values[items[i]] = T.CreateTruncating(source[i]);
    }

    /// <summary>Stores a column by place, an offset added.</summary>
    public void StorePlaces<T>(ReadOnlySpan<double> source, double offset, ItemMatrix<T> target, int column)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = target.Column(Sequence, 1, column);
        for (var i = 0; i < source.Length; i++) values[First + i] = T.CreateTruncating(source[i] + offset);
    }

    /// <summary>Adds gradients on the sorted scores over τ to those of the items' scores and of τ.</summary>
    /// <remarks>What is relaxed depends on s/τ only, and not on a common offset.</remarks>
    /// <param name="gradients">The gradients, by finite place.</param>
    /// <param name="depths">Scratch.</param>
    /// <param name="scoreGradient">Receives those of the scores, added; may be empty.</param>
    /// <param name="temperatureGradient">Receives that of the sequence's temperature, added; may be empty.</param>
    public void AddGradient<T>(ReadOnlySpan<double> gradients, Span<double> depths, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var temperature = sorted.Temperature(Sequence);
        if (!temperatureGradient.IsEmpty) temperatureGradient[Sequence] += TemperatureGradient(gradients, depths) / temperature;
        if (!scoreGradient.IsWanted) return;
        var target = scoreGradient.Column(Sequence, 1, 0);
        var factor = sorted.Sign / temperature;
        var items = Items;
        for (var i = 0; i < items.Length; i++) target[items[i]] += T.CreateTruncating(gradients[i] * factor);
    }

    private double TemperatureGradient(ReadOnlySpan<double> gradients, Span<double> depths)
    {
        sorted.SetDepths(Sequence, depths);
        double sum = 0;
        for (var i = 0; i < depths.Length; i++) sum += gradients[i] * depths[i];
        return sum;
    }
}
