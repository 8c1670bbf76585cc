using System.Numerics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Sorting;

/// <summary>A relaxed permutation P of each sequence of a batch, as what it does to values, with gradients.</summary>
/// <remarks>
/// <para>Values belong to items or to places, as the members say. Gradients of scores and temperatures are added, those of values set;
/// those that are not wanted are empty. Instances may be used from several threads at once.</para>
/// <para>A forward leaves a tape for its gradients if asked to, null where the kernel needs none; the caller disposes it, and may use it for
/// several gradients, at once too. Without a tape a gradient computes again what it needs.</para>
/// <para>No columns, or no orders, are no work, and change no gradient.</para>
/// <para>Kernels see finite scores only. What no formula covers is done here for all of them: an infinite score alone on its side has its
/// place exactly; several, or a NaN, have no limit and make NaN what they reach; absent items take places that nobody has.</para>
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="sorted">The sorted scores; they do not belong to this object.</param>
/// <param name="threads">How many threads may work.</param>
internal abstract class SortOperators<T>(SortedItems sorted, int threads) : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>The sorted scores.</summary>
    public SortedItems Sorted { get; } = sorted;

    /// <summary>How many threads may work.</summary>
    protected int Threads { get; } = threads;

    /// <summary>P X: values by item to mixtures by place.</summary>
    public IDisposable? Apply(ItemMatrix<T> values, ItemMatrix<T> result, bool leavesTape)
    {
        if (values.Columns == 0) return null;
        var tape = ApplyFinite(values, result, leavesTape);
        StoreEdges(values, result);
        return tape;
    }

    /// <summary>The gradients of a loss in P X, given that in its entries.</summary>
    public void ApplyGradient(
        IDisposable? tape, ItemMatrix<T> values, ItemMatrix<T> upstream,
        ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        if (values.Columns == 0) return;
        if (valueGradient.IsWanted && !Sorted.AllOrdinary) valueGradient.Clear();
        ApplyFiniteGradient(tape, values, upstream, valueGradient, scoreGradient, temperatureGradient);
        var given = PlaceValues<T>.Of(upstream);
        if (valueGradient.IsWanted) AddTransposedEdges(given, valueGradient);
        Spoil(given, scoreGradient, temperatureGradient);
    }

    /// <summary>Pᵀ X: values by place to sums by item.</summary>
    public IDisposable? ApplyTranspose(ItemMatrix<T> values, ItemMatrix<T> result, bool leavesTape)
    {
        if (values.Columns == 0) return null;
        if (!Sorted.AllOrdinary) result.Clear();
        var given = PlaceValues<T>.Of(values);
        var tape = TransposeFinite(given, result, leavesTape);
        AddTransposedEdges(given, result);
        return tape;
    }

    /// <summary>The gradients of a loss in Pᵀ X, given that in its entries.</summary>
    public void ApplyTransposeGradient(
        IDisposable? tape, ItemMatrix<T> values, ItemMatrix<T> upstream,
        ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        if (values.Columns == 0) return;
        var given = PlaceValues<T>.Of(values);
        TransposeFiniteGradient(tape, given, upstream, valueGradient, scoreGradient, temperatureGradient);
        if (valueGradient.IsWanted) StoreEdges(upstream, valueGradient);
        Spoil(given, scoreGradient, temperatureGradient);
    }

    /// <summary>Sums of consecutive rows: the first k for the choice of k, single ones for single places. Only the places asked for count.</summary>
    /// <param name="firsts">The first place of each sum, sequence after sequence.</param>
    /// <param name="sums">The sums of a sequence.</param>
    /// <param name="count">The rows of a sum.</param>
    /// <param name="result">Receives the sums by item, a column each.</param>
    /// <param name="leavesTape">Whether a tape is wanted.</param>
    public IDisposable? SumRows(Buffer<int> firsts, int sums, int count, ItemMatrix<T> result, bool leavesTape)
    {
        result.Clear();
        var rows = new PlaceValues<T>(default, firsts, sums, count);
        var tape = SumFinite(rows, result, leavesTape);
        AddTransposedEdges(rows, result);
        return tape;
    }

    /// <summary>The gradients of a loss in such sums, given that in their entries.</summary>
    public void SumRowsGradient(
        IDisposable? tape, Buffer<int> firsts, int sums, int count, ItemMatrix<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        var rows = new PlaceValues<T>(default, firsts, sums, count);
        SumFiniteGradient(tape, rows, upstream, scoreGradient, temperatureGradient);
        Spoil(rows, scoreGradient, temperatureGradient);
    }

    /// <summary>-mean_i log P[i, z_i] of each sequence and order, over the places of items that are there.</summary>
    /// <param name="orders">z: the item wanted at each place, [sequences, samples, n].</param>
    /// <param name="samples">The orders of a sequence.</param>
    /// <param name="result">Receives it, [sequences, samples].</param>
    /// <param name="leavesTape">Whether a tape is wanted.</param>
    public IDisposable? CrossEntropy(Buffer<long> orders, int samples, Buffer<T> result, bool leavesTape)
    {
        if (samples == 0) return null;
        var tape = PlanLogs();
        SequenceWork.Run(Sorted, Threads, Sorted.Items + LogScratch, (Self: this, tape, orders, samples, result), static (job, sequence, memory) =>
            job.Self.CrossEntropy(job.tape, sequence, job.orders, job.samples, job.result, memory), samples * LogPasses);
        return Kept(tape, leavesTape);
    }

    /// <summary>The gradients of a loss in the cross-entropies.</summary>
    public void CrossEntropyGradient(
        IDisposable? tape, Buffer<long> orders, int samples, Buffer<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        if (samples == 0) return;
        LogsGradient(tape, orders, samples, upstream, scoreGradient, temperatureGradient);
        Spoil(PlaceValues<T>.Of(default), scoreGradient, temperatureGradient);
    }

    /// <summary>P or log P as a matrix [sequences, n, n], places by items: O(n²).</summary>
    public void Matrix(ItemMatrix<T> result, bool logarithm)
    {
        T nothing = logarithm ? T.NegativeInfinity : T.Zero, all = logarithm ? T.Zero : T.One;
        for (var row = 0; !Sorted.AllOrdinary && row < Sorted.Sequences * Sorted.Items; row++) result.Row(0, row).Fill(nothing);
        MatrixFinite(result, logarithm);
        ForUnusual((result, all), static (self, job, sequence) =>
        {
            var shape = self.Sorted.Shape(sequence);
            var order = self.Sorted.Order(sequence)[..shape.Present];
            for (var place = shape.EdgeFrom(0); place < order.Length; place = shape.EdgeFrom(place + 1))
            {
                var row = job.result.Row(sequence, place);
                if (shape.IsSettled(place)) row[order[place]] = job.all;
                else foreach (var item in order) row[item] = T.NaN;
            }
        });
    }

    /// <summary>Whether the matrix has a gradient here.</summary>
    public virtual bool HasMatrix => false;

    /// <summary>The gradients of a loss in the matrix; where <see cref="HasMatrix"/>.</summary>
    public virtual void MatrixGradient(ItemMatrix<T> upstream, bool logarithm, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        throw new InvalidOperationException("The matrix has no gradient.");

    /// <summary>Whether the kernel knows what became of the scores themselves, more exactly than P s.</summary>
    public virtual bool KnowsSortedScores => false;

    /// <summary>P s for the scores s themselves, by place; where <see cref="KnowsSortedScores"/>.</summary>
    public virtual void SortScores(ItemMatrix<T> scores, ItemMatrix<T> result) => throw new InvalidOperationException("The scores were not sorted.");

    /// <summary>The gradients of a loss in P s.</summary>
    public virtual void SortScoresGradient(ItemMatrix<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        throw new InvalidOperationException("The scores were not sorted.");

    public abstract void Dispose();

    /// <summary>P X by place, at the places of finite scores.</summary>
    protected abstract IDisposable? ApplyFinite(ItemMatrix<T> values, ItemMatrix<T> result, bool leavesTape);

    protected abstract void ApplyFiniteGradient(
        IDisposable? tape, ItemMatrix<T> values, ItemMatrix<T> upstream,
        ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient);

    /// <summary>Pᵀ X by item, for the items of finite scores.</summary>
    protected abstract IDisposable? TransposeFinite(PlaceValues<T> values, ItemMatrix<T> result, bool leavesTape);

    protected abstract void TransposeFiniteGradient(
        IDisposable? tape, PlaceValues<T> values, ItemMatrix<T> upstream,
        ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient);

    /// <summary>Sums of rows by item; the result holds zero before.</summary>
    protected virtual IDisposable? SumFinite(PlaceValues<T> rows, ItemMatrix<T> result, bool leavesTape) => TransposeFinite(rows, result, leavesTape);

    protected virtual void SumFiniteGradient(
        IDisposable? tape, PlaceValues<T> rows, ItemMatrix<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        TransposeFiniteGradient(tape, rows, upstream, default, scoreGradient, temperatureGradient);

    /// <summary>What <see cref="Logs"/> needs of the whole batch.</summary>
    protected virtual IDisposable? PlanLogs() => null;

    /// <summary>The doubles of scratch that <see cref="Logs"/> needs.</summary>
    protected abstract long LogScratch { get; }

    /// <summary>How often <see cref="Logs"/> goes over the items of a sequence.</summary>
    protected virtual long LogPasses => 1;

    /// <summary>What an entry of P that is 0 adds to a cross-entropy.</summary>
    protected virtual double MissCost => double.PositiveInfinity;

    /// <summary>Puts into the scratch what the entries of one sequence need.</summary>
    protected abstract void PrepareLogs(int sequence, Span<double> scratch);

    /// <summary>log P of one column in each finite row.</summary>
    /// <param name="tape">What <see cref="PlanLogs"/> made.</param>
    /// <param name="sequence">The sequence.</param>
    /// <param name="columns">Which column, among the finite places; below 0 for none.</param>
    /// <param name="logs">Receives them by finite place, 0 for none.</param>
    /// <param name="scratch">What <see cref="PrepareLogs"/> left.</param>
    protected abstract void Logs(IDisposable? tape, int sequence, ReadOnlySpan<int> columns, Span<double> logs, Span<double> scratch);

    protected abstract void LogsGradient(
        IDisposable? tape, Buffer<long> orders, int samples, Buffer<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient);

    /// <summary>The rows of finite scores, at finite items; others hold what they hold. Each column of log P after the other, from one to the next row.</summary>
    protected virtual void MatrixFinite(ItemMatrix<T> result, bool logarithm)
    {
        using var tape = PlanLogs();
        SequenceWork.Run(Sorted, Threads, Sorted.Items + LogScratch, (Self: this, tape, result, logarithm), static (job, sequence, memory) =>
            job.Self.SetMatrix(job.tape, sequence, job.result, job.logarithm, memory), Sorted.Items);
    }

    /// <summary>A tape, or null once it is disposed because nobody wants it.</summary>
    protected static IDisposable? Kept(IDisposable? tape, bool isWanted)
    {
        if (isWanted) return tape;
        tape?.Dispose();
        return null;
    }

    /// <summary>Stores the rows of P X outside the finite scores: a settled one holds its item's values, that of an absent item zero.</summary>
    protected void StoreEdges(ItemMatrix<T> values, ItemMatrix<T> target) => ForUnusual((values, target), static (self, job, sequence) =>
    {
        var shape = self.Sorted.Shape(sequence);
        var order = self.Sorted.Order(sequence);
        for (var place = shape.EdgeFrom(0); place < order.Length; place = shape.EdgeFrom(place + 1))
        {
            var row = job.target.Row(sequence, place);
            if (place >= shape.Present) row.Clear();
            else if (shape.IsSettled(place)) job.values.Row(sequence, order[place]).CopyTo(row);
            else row.Fill(T.NaN);
        }
    });

    /// <summary>Adds what rows outside the finite scores give to columns: a settled one all it has to its item; others make all NaN.</summary>
    protected void AddTransposedEdges(PlaceValues<T> values, ItemMatrix<T> target) => ForUnusual((values, target), static (self, job, sequence) =>
    {
        var shape = self.Sorted.Shape(sequence);
        if (shape.Finite == shape.Present) return;
        var order = self.Sorted.Order(sequence)[..shape.Present];
        for (var column = 0; column < job.target.Columns; column++)
        {
            var (first, end) = job.values.Places(sequence, column);
            if (shape.HasUnsettled(first, end))
            {
                foreach (var item in order) job.target.At(sequence, item, column) = T.NaN;
                continue;
            }

            for (var place = shape.EdgeFrom(first); place < Math.Min(end, order.Length); place = shape.EdgeFrom(place + 1))
                job.target.At(sequence, order[place], column) += job.values.At(sequence, place, column);
        }
    });

    /// <summary>Makes the gradients of sequences NaN in which a place that counts has no limit.</summary>
    protected void Spoil(PlaceValues<T> counted, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        if (Sorted.HasUnsettled) ForUnusual((counted, scoreGradient, temperatureGradient), static (self, job, sequence) =>
        {
            var isSpoiled = false;
            for (var column = 0; column < job.counted.Columns && !isSpoiled; column++)
                isSpoiled = job.counted.Places(sequence, column) is var (first, end) && self.Sorted.Shape(sequence).HasUnsettled(first, end);
            if (isSpoiled) self.Sorted.Spoil(sequence, job.scoreGradient, job.temperatureGradient);
        });
    }

    private void ForUnusual<TState>(TState state, Action<SortOperators<T>, TState, int> action)
    {
        if (Sorted.AllOrdinary) return;
        SequenceWork.Run(Sorted, Threads, 0, (Self: this, state, action), static (job, sequence, _) => job.action(job.Self, job.state, sequence));
    }

    private void SetMatrix(IDisposable? tape, int sequence, ItemMatrix<T> result, bool logarithm, Span<double> memory)
    {
        var shape = Sorted.Shape(sequence);
        var items = Sorted.Order(sequence).Slice(shape.First, shape.Finite);
        Span<double> logs = memory[..shape.Finite], scratch = memory[Sorted.Items..];
        using var columns = new ScratchArray<int>(shape.Finite);
        PrepareLogs(sequence, scratch);
        for (var shift = 0; shift < items.Length; shift++)
        {
            for (var i = 0; i < items.Length; i++) columns.Array[i] = i + shift < items.Length ? i + shift : i + shift - items.Length;
            Logs(tape, sequence, columns.Span, logs, scratch);
            for (var i = 0; i < items.Length; i++)
                result.At(sequence, shape.First + i, items[columns.Array[i]]) = T.CreateTruncating(logarithm ? logs[i] : Math.Exp(logs[i]));
        }
    }

    private void CrossEntropy(IDisposable? tape, int sequence, Buffer<long> orders, int samples, Buffer<T> result, Span<double> memory)
    {
        var shape = Sorted.Shape(sequence);
        var target = result.Span((long)sequence * samples, samples);
        if (shape.HasUnsettled(0, shape.Present))
        {
            target.Fill(T.NaN);
            return;
        }

        Span<double> logs = memory[..shape.Finite], scratch = memory[Sorted.Items..];
        PrepareLogs(sequence, scratch);
        using var wanted = new WantedOrders(Sorted, sequence, orders, samples);
        for (var sample = 0; sample < samples; sample++)
        {
            Logs(tape, sequence, wanted.Columns(sample, out var misses), logs, scratch);
            var sum = misses > 0 ? misses * MissCost : 0;
            foreach (var log in logs) sum -= log;
            target[sample] = T.CreateTruncating(sum / Math.Max(1, shape.Present));
        }
    }
}

/// <summary>A matrix [sequences, n, columns] of the caller's; rows belong to items or to places.</summary>
/// <param name="Data">The numbers, row by row; none if the matrix is not wanted.</param>
/// <param name="Rows">n.</param>
/// <param name="Columns">d.</param>
internal readonly record struct ItemMatrix<T>(Buffer<T> Data, int Rows, int Columns)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whether the matrix is wanted.</summary>
    public bool IsWanted => !Data.IsEmpty;

    /// <summary>One number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref T At(int sequence, int row, int column) => ref Data[((long)sequence * Rows + row) * Columns + column];

    /// <summary>One column of a sequence; <see cref="ItemColumn{T}.MoveOn"/> leads to those of the sequences behind it.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="sequences">How many sequences will be visited, this one included.</param>
    /// <param name="column">Which column.</param>
    public ItemColumn<T> Column(int sequence, int sequences, int column)
    {
        var size = (long)Rows * Columns;
        return new ItemColumn<T>(ref Unsafe.Add(ref Data.Range(sequence * size, sequences * size), column), Columns, (nint)size);
    }

    /// <summary>One row.</summary>
    public Span<T> Row(int sequence, int row) => Data.Span(((long)sequence * Rows + row) * Columns, Columns);

    /// <summary>Sets all rows of the sequences given to zero.</summary>
    public void Clear()
    {
        for (long first = 0; first < Data.Length; first += Array.MaxLength)
            Data.Span(first, (int)Math.Min(Array.MaxLength, Data.Length - first)).Clear();
    }
}

/// <summary>One column of one sequence's matrix, whose extent was checked when it was taken; rows are not checked again.</summary>
internal ref struct ItemColumn<T>(ref T first, int stride, nint size)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private ref T first = ref first;
    private readonly int stride = stride;
    private readonly nint size = size;

    /// <summary>The number in one of the n rows.</summary>
    public readonly ref T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref first, (nint)row * stride);
    }

    /// <summary>What is subtracted from the column, so that a common offset costs no accuracy: its value in some row near the middle.</summary>
    public readonly double Centre(int row) => T.IsFinite(this[row]) ? double.CreateTruncating(this[row]) : 0;

    /// <summary>Goes to the next sequence.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MoveOn() => first = ref Unsafe.Add(ref first, size);
}

/// <summary>X by place: what the caller gives, or the rows to be summed, a column for each sum that holds 1 at its places.</summary>
/// <param name="Given">X; nothing for sums of rows.</param>
/// <param name="Firsts">The first place of each sum, sequence after sequence.</param>
/// <param name="Columns">The columns, or sums.</param>
/// <param name="Count">The rows of a sum.</param>
internal readonly record struct PlaceValues<T>(ItemMatrix<T> Given, Buffer<int> Firsts, int Columns, int Count)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>X as given; all places count.</summary>
    public static PlaceValues<T> Of(ItemMatrix<T> values) => new(values, default, Math.Max(1, values.Columns), 0);

    /// <summary>The places that count for a column, which may be more than there are.</summary>
    public (int First, int End) Places(int sequence, int column)
    {
        if (Firsts.IsEmpty) return (0, int.MaxValue);
        var first = Firsts[(long)sequence * Columns + column];
        return (first, first + Count);
    }

    /// <summary>The value at a place that counts.</summary>
    public T At(int sequence, int place, int column) => Given.IsWanted ? Given.At(sequence, place, column) : T.One;

    /// <summary>Loads neighbouring places of a column, each some steps behind the one before.</summary>
    public void Load(int sequence, int firstPlace, int count, int column, Span<double> target, int step = 1)
    {
        if (Given.IsWanted)
        {
            var source = Given.Column(sequence, 1, column);
            for (int i = 0, at = 0; i < count; i++, at += step) target[at] = double.CreateTruncating(source[firstPlace + i]);
            return;
        }

        var (first, end) = Places(sequence, column);
        for (int place = firstPlace, at = 0; place < firstPlace + count; place++, at += step) target[at] = place >= first && place < end ? 1 : 0;
    }
}
