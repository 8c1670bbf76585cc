using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Sorting;

/// <summary>A batch of sequences of scores, each sorted: the order of the items, and the gaps between neighbours over τ or the scores.</summary>
/// <remarks>
/// Present items come first, largest score first, equal scores in the order given, NaN before all; absent items follow. Scores
/// that are infinite stand apart: only the finite ones have gaps.
/// </remarks>
internal sealed class SortedItems : IDisposable
{
    /// <summary>What a gap may be at most, so that n² of them do not overflow; exp(-it) is 0 anyway.</summary>
    public const double WidestGap = 1e290;

    /// <summary>Entries on each side of a sequence's gaps that may be read, as good as infinite: one vector of the widest kind.</summary>
    public const int Margin = 8;

    private readonly ScratchArray<int> order;
    private readonly ScratchArray<double> gaps;
    private readonly ScratchArray<SequenceShape> shapes;
    private readonly ScratchArray<double> temperatures;
    private int disposed;

    private SortedItems(int sequences, int items, double sign, bool keepsScores)
    {
        (Sequences, Items, Sign, KeepsScores) = (sequences, items, sign, keepsScores);
        order = new ScratchArray<int>((long)sequences * items);
        gaps = new ScratchArray<double>((long)sequences * GapStride);
        shapes = new ScratchArray<SequenceShape>(sequences);
        temperatures = new ScratchArray<double>(sequences);
    }

    /// <summary>Whether the scratch was given back.</summary>
    public bool IsDisposed => Volatile.Read(ref disposed) != 0;

    /// <summary>The number of sequences.</summary>
    public int Sequences { get; }

    /// <summary>The items of a sequence, absent ones included.</summary>
    public int Items { get; }

    /// <summary>1 if the largest score comes first, -1 if the smallest does.</summary>
    public double Sign { get; }

    /// <summary>Whether the scores themselves were kept, instead of the gaps.</summary>
    public bool KeepsScores { get; }

    /// <summary>The array that holds all gaps.</summary>
    public double[] Gaps => gaps.Array;

    /// <summary>Whether all scores are present and finite.</summary>
    public bool AllOrdinary { get; private set; }

    /// <summary>Whether some place has no limit: of several infinite scores on one side, or a NaN.</summary>
    public bool HasUnsettled { get; private set; }

    /// <summary>From the gaps, or scores, of one sequence to those of the next.</summary>
    public int GapStride => KeepsScores ? Items : Items + 2 * Margin;

    /// <summary>Sorts a batch.</summary>
    /// <param name="scores">s, sequence after sequence.</param>
    /// <param name="present">Whether each item is there; empty if all are.</param>
    /// <param name="temperatures">τ of each sequence.</param>
    /// <param name="items">n.</param>
    /// <param name="descending">Whether the largest score comes first.</param>
    /// <param name="threads">How many threads may work.</param>
    /// <param name="keepScores">Whether to keep the scores, instead of the gaps.</param>
    public static SortedItems Of<T>(
        Buffer<T> scores, Buffer<bool> present, ReadOnlySpan<double> temperatures, int items, bool descending, int threads, bool keepScores = false)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sorted = new SortedItems(temperatures.Length, items, descending ? 1 : -1, keepScores);
        temperatures.CopyTo(sorted.temperatures.Span);
        if (typeof(T) == typeof(float)) sorted.Sort<T, SingleEntry>(scores, present, threads);
        else if (typeof(T) == typeof(double)) sorted.Sort<T, DoubleEntry>(scores, present, threads);
        else throw new NotSupportedException($"Scores of type {typeof(T)} are not supported; they must be float or double.");
        return sorted;
    }

    /// <summary>The items of one sequence by place.</summary>
    public ReadOnlySpan<int> Order(int sequence) => order.Array.AsSpan(sequence * Items, Items);

    /// <summary>The item at the first place of one sequence; the others follow.</summary>
    public ref int FirstOrder(int sequence) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(order.Array), sequence * Items);

    /// <summary>What the places of one sequence hold.</summary>
    public SequenceShape Shape(int sequence) => shapes.Array[sequence];

    /// <summary>τ of one sequence.</summary>
    public double Temperature(int sequence) => temperatures.Array[sequence];

    /// <summary>The scores by finite place, times <see cref="Sign"/>: largest first.</summary>
    public ReadOnlySpan<double> Keys(int sequence) => gaps.Array.AsSpan(GapStart(sequence), shapes.Array[sequence].Finite);

    /// <summary>How far each finite score of a sequence lies below the largest one over τ; rounded once.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="depths">Receives it, by finite place.</param>
    /// <param name="widestGap">What wider gaps over τ count as.</param>
    public void SetDepths(int sequence, Span<double> depths, double widestGap = WidestGap)
    {
        var start = GapStart(sequence);
        var depth = default(DoubleDouble);
        for (var i = 0; i < depths.Length; i++)
        {
            depths[i] = depth.Value;
            depth += new DoubleDouble(Math.Min(gaps.Array[start + i], widestGap), 0);
        }
    }

    /// <summary>Where the gap below the first finite place of a sequence lies.</summary>
    public int GapStart(int sequence) => sequence * GapStride + (KeepsScores ? 0 : Margin);

    /// <summary>exp(-gap) below each finite place of all sequences; 0 below the last one, whose gap to nothing is as good as infinite.</summary>
    public ScratchArray<double> Fadings(int threads)
    {
        var fadings = new ScratchArray<double>((long)Sequences * Items);
        Workers.RunPieces(0, fadings.Length, threads, (Sorted: this, fadings), static (job, first, end) =>
        {
            var sorted = job.Sorted;
            for (var at = first; at < end; at++)
            {
                var (sequence, place) = Math.DivRem(at, sorted.Items);
                job.fadings.Array[at] = place < sorted.Shape(sequence).Finite ? Math.Exp(-sorted.Gaps[sorted.GapStart(sequence) + place]) : 0;
            }
        });
        return fadings;
    }

    /// <summary>Makes the gradients of a sequence NaN: some place that counts has no limit.</summary>
    public void Spoil<T>(int sequence, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!temperatureGradient.IsEmpty) temperatureGradient[sequence] = double.NaN;
        if (!scoreGradient.IsWanted) return;
        foreach (var item in Order(sequence)[..Shape(sequence).Present]) scoreGradient.At(sequence, item, 0) = T.NaN;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0) return; // an array given back twice would be lent twice
        order.Dispose();
        gaps.Dispose();
        shapes.Dispose();
        temperatures.Dispose();
    }

    private void Sort<T, TEntry>(Buffer<T> scores, Buffer<bool> present, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEntry : struct, ISortEntry<TEntry>
    {
        var pieces = Math.Min(Sequences, Sequences < threads ? 1 : 4 * threads);
        Workers.RunRanges(Sequences, pieces, threads, (Sorted: this, scores, present, threads: pieces > 1 ? 1 : threads), static (job, first, end) =>
            job.Sorted.SortSome<T, TEntry>(job.scores, job.present, first, end, job.threads));
        AllOrdinary = true;
        foreach (var shape in shapes.Span)
        {
            if (shape == SequenceShape.Ordinary(Items)) continue;
            AllOrdinary = false;
            HasUnsettled |= shape.HasUnsettled(0, shape.Present);
        }
    }

    private void SortSome<T, TEntry>(Buffer<T> scores, Buffer<bool> present, int first, int end, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEntry : struct, ISortEntry<TEntry>
    {
        using ScratchArray<TEntry> entries = new(Items), scratch = new(Items);
        for (var sequence = first; sequence < end; sequence++)
        {
            var count = present.IsEmpty
                ? EnterAll(scores, sequence, entries.Array, threads)
                : EnterPresent(scores, present, sequence, entries.Array);
            shapes.Array[sequence] = SetPlaces(RadixSort.Sort(entries.Array, scratch.Array, count, threads), count, sequence, threads);
        }
    }

    private int EnterAll<T, TEntry>(Buffer<T> scores, int sequence, TEntry[] entries, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEntry : struct, ISortEntry<TEntry>
    {
        if (threads == 1) Enter(scores, sequence, entries, 0, Items);
        else Workers.RunPieces(0, Items, threads, (Sorted: this, scores, sequence, entries), static (job, first, end) =>
            job.Sorted.Enter(job.scores, job.sequence, job.entries, first, end));
        return Items;
    }

    private void Enter<T, TEntry>(Buffer<T> scores, int sequence, TEntry[] entries, int first, int end)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEntry : struct, ISortEntry<TEntry>
    {
        var given = scores.Span((long)sequence * Items, Items);
        for (var item = first; item < end; item++) entries[item] = TEntry.Of(double.CreateTruncating(given[item]) * Sign, item);
    }

    private int EnterPresent<T, TEntry>(Buffer<T> scores, Buffer<bool> present, int sequence, TEntry[] entries)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TEntry : struct, ISortEntry<TEntry>
    {
        var given = scores.Span((long)sequence * Items, Items);
        var isPresent = present.Span((long)sequence * Items, Items);
        int count = 0, absent = Items;
        for (var item = 0; item < Items; item++)
            if (isPresent[item]) entries[count++] = TEntry.Of(double.CreateTruncating(given[item]) * Sign, item);
        for (var item = Items - 1; absent > count; item--)
            if (!isPresent[item]) order.Array[sequence * Items + --absent] = item;
        return count;
    }

    private SequenceShape SetPlaces<TEntry>(TEntry[] entries, int count, int sequence, int threads)
        where TEntry : struct, ISortEntry<TEntry>
    {
        var shape = SequenceShape.Of(entries.AsSpan(0, count));
        if (threads == 1) SetPlaces(entries, sequence, shape, 0, count);
        else Workers.RunPieces(0, count, threads, (Sorted: this, entries, sequence, shape), static (job, first, end) =>
            job.Sorted.SetPlaces(job.entries, job.sequence, job.shape, first, end));
        if (KeepsScores) return shape;
        var start = GapStart(sequence);
        gaps.Array.AsSpan(start - Margin, Margin).Fill(WidestGap);
        gaps.Array.AsSpan(start + Math.Max(0, shape.Finite - 1), Margin).Fill(WidestGap);
        return shape;
    }

    private void SetPlaces<TEntry>(TEntry[] entries, int sequence, SequenceShape shape, int first, int end)
        where TEntry : struct, ISortEntry<TEntry>
    {
        var places = order.Array.AsSpan(sequence * Items, Items);
        for (var place = first; place < end; place++) places[place] = entries[place].Index;
        if (KeepsScores) SetScores(entries, sequence, shape, Math.Max(first, shape.First), Math.Min(end, shape.End));
        else SetGaps(entries, sequence, shape, Math.Max(first, shape.First), Math.Min(end, shape.End - 1));
    }

    private void SetScores<TEntry>(TEntry[] entries, int sequence, SequenceShape shape, int first, int end)
        where TEntry : struct, ISortEntry<TEntry>
    {
        var start = GapStart(sequence) - shape.First;
        for (var place = first; place < end; place++) gaps.Array[start + place] = entries[place].Score;
    }

    private void SetGaps<TEntry>(TEntry[] entries, int sequence, SequenceShape shape, int first, int end)
        where TEntry : struct, ISortEntry<TEntry>
    {
        if (first >= end) return;
        var start = GapStart(sequence) - shape.First;
        var temperature = temperatures.Array[sequence];
        var score = entries[first].Score;
        var target = gaps.Array;
        for (var place = first; place < end; place++)
        {
            var next = entries[place + 1].Score;
            target[start + place] = Math.Min((score - next) / temperature, WidestGap);
            score = next;
        }
    }
}

/// <summary>What the places of one sorted sequence hold: +∞, finite scores, -∞, and then absent items.</summary>
/// <param name="First">The place of the first finite score.</param>
/// <param name="Finite">The number of finite scores.</param>
/// <param name="Present">The number of items that are there.</param>
/// <param name="HasNaN">Whether a score is NaN; then no score counts as finite.</param>
internal readonly record struct SequenceShape(int First, int Finite, int Present, bool HasNaN)
{
    /// <summary>The place behind the last finite score.</summary>
    public int End => First + Finite;

    /// <summary>The first place from some place on that is outside the finite ones; those behind the last item are too.</summary>
    public int EdgeFrom(int place) => place >= First && place < End ? End : place;

    /// <summary>All scores present and finite.</summary>
    public static SequenceShape Ordinary(int items) => new(0, items, items, false);

    /// <summary>Reads the shape off sorted scores.</summary>
    public static SequenceShape Of<TEntry>(ReadOnlySpan<TEntry> sorted)
        where TEntry : struct, ISortEntry<TEntry>
    {
        if (sorted.IsEmpty) return default;
        if (double.IsNaN(sorted[0].Score)) return new SequenceShape(0, 0, sorted.Length, true);
        int first = 0, end = sorted.Length;
        while (first < sorted.Length && double.IsPositiveInfinity(sorted[first].Score)) first++;
        while (end > first && double.IsNegativeInfinity(sorted[end - 1].Score)) end--;
        return new SequenceShape(first, end - first, sorted.Length, false);
    }

    /// <summary>Whether the row of a place outside the finite ones is settled: an infinite score that stands alone on its side.</summary>
    public bool IsSettled(int place) => !HasNaN && (place < First ? First == 1 : Present - End == 1);

    /// <summary>Whether some of the places have no settled row.</summary>
    public bool HasUnsettled(int first, int end) =>
        first < end && first < Present
        && (HasNaN || (First > 1 && first < First) || (Present - End > 1 && end > End));
}

/// <summary>Work on the sequences of a batch, each by one thread.</summary>
internal static class SequenceWork
{
    private const long SmallWork = 1 << 13; // items: waking a thread costs microseconds

    /// <summary>Calls an action with each sequence, and with scratch for one that is made once for several.</summary>
    /// <param name="sorted">The sequences.</param>
    /// <param name="threads">How many threads may work.</param>
    /// <param name="scratch">The doubles of scratch that a sequence needs.</param>
    /// <param name="state">Passed on.</param>
    /// <param name="action">Gets the sequence, and the scratch, which holds anything.</param>
    /// <param name="passes">How often the action goes over the items of a sequence.</param>
    public static void Run<TState>(
        SortedItems sorted, int threads, long scratch, TState state, Action<TState, int, double[]> action, long passes = 1)
    {
        var pieces = (long)sorted.Sequences * sorted.Items * passes < SmallWork ? 1 : Math.Min(sorted.Sequences, 4 * threads);
        Workers.RunRanges(sorted.Sequences, pieces, threads, (scratch, state, action), static (job, first, end) =>
        {
            using var memory = new ScratchArray<double>(job.scratch);
            for (var sequence = first; sequence < end; sequence++) job.action(job.state, sequence, memory.Array);
        });
    }
}
