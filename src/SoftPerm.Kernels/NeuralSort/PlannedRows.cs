using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>The rows an operator uses, of every sequence of a batch: their totals and how each was treated. The tape of its gradients.</summary>
/// <remarks>
/// An operator uses equally many neighbouring rows of each sequence. Sequences are treated in groups: of a single one, or of
/// some vectors side by side, one sequence a lane, where they are short and alike.
/// </remarks>
internal sealed class PlannedRows : IDisposable
{
    /// <summary>The longest sequences that are treated one a lane.</summary>
    public const int LongestLane = 32;

    private const long SmallWork = 1 << 14; // pairs of places that are not worth a second thread: measured

    private const int MostVectors = 4; // side by side: what is done once a group is shared by more sequences, and scratch stays in the cache

    private const int FewestGroups = 16;

    private readonly ScratchArray<int> firsts;
    private readonly ScratchArray<double> totals;
    private readonly ScratchArray<int> plans;
    private readonly ScratchArray<Stretch> stretches;
    private ScratchArray<double> changes;
    private int changeColumns;

    /// <param name="sorted">The sequences.</param>
    /// <param name="settings">How to compute.</param>
    /// <param name="firsts">The place of the first row, for each sequence or for all.</param>
    /// <param name="count">The rows of each sequence.</param>
    public PlannedRows(SortedItems sorted, KernelSettings settings, ReadOnlySpan<int> firsts, int count)
    {
        (Sorted, Settings, Count) = (sorted, settings, count);
        (Transform, Limits) = (RowTransform.Of(settings.Width), RowLimits.Table[settings.Method]);
        // A single row beside far-off scores keeps more digits by itself.
        var alike = sorted.AllOrdinary && !firsts.IsEmpty && (count > 1 || firsts.Length == 1) && !firsts.ContainsAnyExcept(firsts[0]) && settings.Method == RowMethod.Automatic;
        Lanes = alike && sorted.Items <= LongestLane ? LanesFor(sorted.Sequences) : 1;
        StretchCount = Lanes > 1 ? 0 : Stretch.CountFor(count);
        this.firsts = new ScratchArray<int>(sorted.Sequences);
        if (firsts.Length == 1) this.firsts.Span.Fill(firsts[0]);
        else firsts.CopyTo(this.firsts.Span);
        totals = new ScratchArray<double>((long)Groups * Lanes * sorted.Items);
        plans = new ScratchArray<int>(Lanes > 1 ? 0 : (long)sorted.Sequences * count);
        stretches = new ScratchArray<Stretch>((long)sorted.Sequences * StretchCount);
    }

    /// <summary>The sequences.</summary>
    public SortedItems Sorted { get; }

    /// <summary>How to compute.</summary>
    public KernelSettings Settings { get; }

    /// <summary>The transform in use.</summary>
    public RowTransform Transform { get; }

    /// <summary>How rows of long sequences are summed.</summary>
    public RowLimits Limits { get; }

    /// <summary>The rows of each sequence.</summary>
    public int Count { get; }

    /// <summary>The sequences of a group.</summary>
    public int Lanes { get; }

    /// <summary>The stretches a single sequence's rows are cut into.</summary>
    public int StretchCount { get; }

    /// <summary>The number of groups; the last may have idle lanes.</summary>
    public int Groups => (Sorted.Sequences + Lanes - 1) / Lanes;

    /// <summary>Whether the totals are there.</summary>
    public bool ArePlanned { get; private set; }

    /// <summary>Whether mixtures less the values of each place's own item are kept, which is what the gradient of P X needs of long sequences.</summary>
    public bool KeepsChanges => changes.Array is not null;

    /// <summary>The place of the first row of a sequence.</summary>
    public int FirstOf(int sequence) => firsts.Array[sequence];

    /// <summary>Z of a group by row, counted from the first finite score, interleaved.</summary>
    /// <remarks>There is room for rows that are not used: a reference to row 0 must not lie outside the array, where the
    /// garbage collector would lose it. Memory that is never touched costs nothing.</remarks>
    public Panel Totals(int group) => new(totals.Array, group * Sorted.Items * Lanes, 0, 1);

    /// <summary>The plan of a sequence whose first row is given.</summary>
    public RowPlan Plan(int sequence, int firstRow) => new(plans.Array.AsSpan(sequence * Count, Count), firstRow);

    /// <summary>The stretches of a sequence.</summary>
    public Span<Stretch> Stretches(int sequence) => stretches.Array.AsSpan(sequence * StretchCount, StretchCount);

    /// <summary>Keeps changes of some columns of values from here on, if the gradient will need them.</summary>
    public PlannedRows KeepChanges(int columns)
    {
        if (Lanes == 1) (changeColumns, changes) = (columns, new ScratchArray<double>((long)Sorted.Sequences * Sorted.Items * columns));
        return this;
    }

    /// <summary>The changes of one sequence and column, by place.</summary>
    public ItemColumn<double> Changes(int sequence, int column) =>
        new(ref changes.Array[(sequence * Sorted.Items * changeColumns) + column], changeColumns, 0);

    /// <summary>Z of one sequence, by finite place.</summary>
    public double Total(int sequence, int row)
    {
        var (group, lane) = Math.DivRem(sequence, Lanes);
        return totals.Array[((group * Sorted.Items) + row) * Lanes + lane];
    }

    /// <summary>Calls an action with each group, on several threads where that pays, each with scratch of its own.</summary>
    /// <param name="sizes">The scratch an action needs.</param>
    /// <param name="state">Passed on.</param>
    /// <param name="action">Treats the group the scope stands at.</param>
    public void ForEachGroup<TState>(ScopeSizes sizes, TState state, Action<TState, GroupScope> action)
    {
        var isSmall = (long)Sorted.Sequences * Count * Math.Min(Sorted.Items, 64) < SmallWork;
        var threads = isSmall ? 1 : Settings.Threads;
        // Many groups: one thread each. Few: all threads on each in turn.
        var pieces = Groups < threads ? 1 : Math.Min(Groups, 4 * threads);
        Workers.RunRanges(Groups, pieces, threads, (Rows: this, sizes, state, action, threads: pieces > 1 ? 1 : threads), static (job, first, end) =>
        {
            using var scope = new GroupScope(job.Rows, job.sizes, job.threads);
            for (var group = first; group < end; group++)
            {
                scope.MoveTo(group);
                job.action(job.state, scope);
            }
        });
    }

    /// <summary>Notes that the totals are there.</summary>
    public void SetPlanned() => ArePlanned = true;

    private int LanesFor(int sequences) =>
        sequences < Transform.Lanes ? 1 : Transform.Lanes * Math.Clamp(sequences / (FewestGroups * Transform.Lanes), 1, MostVectors);

    public void Dispose()
    {
        firsts.Dispose();
        totals.Dispose();
        plans.Dispose();
        stretches.Dispose();
        changes.Dispose();
    }
}

/// <summary>How the rows of a sequence are treated: runs of narrow rows, and blocks.</summary>
/// <remarks>
/// One integer a row. At the first row of a run lies its length; at the first row of a block its negated length, followed by
/// its number of terms if it has more than one row (one row alone needs no series), 0 if it is exact. Other entries mean nothing.
/// </remarks>
/// <param name="entries">Room for the rows of a stretch or more.</param>
/// <param name="first">The row of the first entry.</param>
internal readonly ref struct RowPlan(Span<int> entries, int first)
{
    private readonly Span<int> entries = entries;
    private readonly int first = first;

    /// <summary>Whether the rows from here on form a block, and if so which.</summary>
    public bool IsBlock(int row, out RowBlock block)
    {
        var length = -entries[row - first];
        if (length <= 0) block = default;
        else if (length == 1) block = RowBlock.Single(row);
        else block = entries[row + 1 - first] is var terms and > 0 ? new RowBlock(row, length, terms, IsExact: false) : RowBlock.Exact(row, length);
        return length > 0;
    }

    /// <summary>The rows of the run that starts here.</summary>
    public int RunLength(int row) => entries[row - first];

    public void SetRun(int row, int length) => entries[row - first] = length;

    public void SetBlock(RowBlock block)
    {
        entries[block.First - first] = -block.Length;
        if (block.Length > 1) entries[block.First + 1 - first] = block.IsExact ? 0 : block.Terms;
    }
}

/// <summary>Neighbouring rows treated one after the other on one thread, and how far they reach.</summary>
/// <param name="First">The first row.</param>
/// <param name="End">The row behind the last.</param>
internal record struct Stretch(int First, int End)
{
    /// <summary>The most stretches of one sequence. Few, for blocks cannot be longer than a stretch.</summary>
    public const int Most = 16;

    private const int Shortest = 384;

    /// <summary>The first column reached.</summary>
    public int FirstColumn { get; private set; } = First;

    /// <summary>The column behind the last one reached.</summary>
    public int EndColumn { get; private set; } = End;

    /// <summary>Whether there are blocks among the rows.</summary>
    public bool HasBlocks { get; private set; }

    /// <summary>The number of stretches for a number of rows: the same on any machine, so that results are too.</summary>
    public static int CountFor(int rows) => Math.Clamp(rows / Shortest, 1, Most);

    /// <summary>One of the stretches of a range of rows.</summary>
    public static Stretch Of(int first, int end, int index, int count)
    {
        var rows = (long)end - first;
        return new Stretch(first + (int)(rows * index / count), first + (int)(rows * (index + 1) / count));
    }

    /// <summary>Extends the columns reached.</summary>
    public void Reach(int first, int end, bool block)
    {
        FirstColumn = Math.Min(FirstColumn, first);
        EndColumn = Math.Max(EndColumn, end);
        HasBlocks |= block;
    }
}

/// <summary>Neighbouring stretches whose blocks are added to the same column sums, one after the other.</summary>
/// <param name="FirstStretch">The first stretch.</param>
/// <param name="EndStretch">The stretch behind the last.</param>
/// <param name="FirstColumn">The first column they reach.</param>
/// <param name="EndColumn">The column behind the last they reach.</param>
/// <param name="Start">Where the sums of this part start in the memory of all but the first, whose sums are elsewhere.</param>
internal readonly record struct StretchPart(int FirstStretch, int EndStretch, int FirstColumn, int EndColumn, int Start)
{
    private const int Fewest = 4;
    private const int MostColumns = 4; // times the number of places

    /// <summary>Entries of one column sum, margins included.</summary>
    public int Width => EndColumn - FirstColumn + 2 * Panel.Margin;

    /// <summary>Cuts stretches into as many parts as possible without the sums growing too large together; none if there are no blocks.</summary>
    public static StretchPart[] Cut(ReadOnlySpan<Stretch> stretches, int places, int results)
    {
        var any = false;
        foreach (var stretch in stretches) any |= stretch.HasBlocks;
        if (!any) return [];
        for (var count = stretches.Length; ; count = (count + 1) / 2)
        {
            var parts = new StretchPart[count];
            long start = places; // a reference to place 0 of a part must not lie before the array
            for (var k = 0; k < count; k++)
            {
                parts[k] = Of(stretches, k * stretches.Length / count, (k + 1) * stretches.Length / count) with { Start = checked((int)start) };
                if (k > 0) start += parts[k].Width * (long)results;
            }

            if (count <= Fewest || start <= places + MostColumns * (long)places * results) return parts;
        }
    }

    /// <summary>The sums of this part by column.</summary>
    public Panel Sums(ScratchArray<double> memory, int results) => new(memory.Array, Start + Panel.Margin - FirstColumn, Width, results);

    /// <summary>Adds the sums of some columns to others.</summary>
    public void AddTo(Panel results, ScratchArray<double> memory, int first, int end)
    {
        var sums = Sums(memory, results.Columns);
        first = Math.Max(first, FirstColumn);
        end = Math.Min(end, EndColumn);
        for (var r = 0; r < results.Columns && first < end; r++)
        {
            Span<double> target = results.Span(r, first, end), addend = sums.Span(r, first, end);
            for (var k = 0; k < target.Length; k++) target[k] += addend[k];
        }
    }

    private static StretchPart Of(ReadOnlySpan<Stretch> stretches, int first, int end)
    {
        var part = new StretchPart(first, end, stretches[first].FirstColumn, stretches[first].EndColumn, 0);
        foreach (var stretch in stretches[first..end])
        {
            part = part with
            {
                FirstColumn = Math.Min(part.FirstColumn, stretch.FirstColumn),
                EndColumn = Math.Max(part.EndColumn, stretch.EndColumn),
            };
        }

        return part;
    }
}

/// <summary>One sequence of sorted scores, as the transforms see it.</summary>
/// <param name="GapArray">Holds the gaps.</param>
/// <param name="Start">Where the gap below place 0 lies.</param>
/// <param name="Count">The places; the gaps below the last and above the first are as good as infinite.</param>
/// <param name="Tolerance">ε: what the totals may be off, relatively.</param>
/// <param name="Limits">How its rows are summed.</param>
internal readonly record struct Sequence(double[] GapArray, int Start, int Count, double Tolerance, RowLimits Limits)
{
    /// <summary>The distance beyond which all columns together hold less than ε of a row.</summary>
    public double Tail { get; } = Math.Log(Math.Max(1, Count) / Tolerance);

    /// <summary>The gap below each place over τ.</summary>
    public ref readonly double Gaps
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(GapArray), Start);
    }
}

/// <summary>Where one way to sum rows ends and the next begins.</summary>
/// <param name="WidestRun">The most columns beside a narrow row; where there are more, rows form blocks.</param>
/// <param name="LongestExact">The most rows of an exact block.</param>
/// <param name="ShortestSeries">The fewest rows of a block for which the series is taken.</param>
internal sealed record RowLimits(int WidestRun, int LongestExact, int ShortestSeries)
{
    /// <summary>The steepest slope of a window that the series usually just bears.</summary>
    private const double UsualSlope = 8;

    /// <summary>The limits of each method.</summary>
    public static IReadOnlyDictionary<RowMethod, RowLimits> Table { get; } = new Dictionary<RowMethod, RowLimits>
    {
        [RowMethod.Automatic] = new(24, Tile.MaxTerms, 2 * Tile.MaxTerms), // measured
        [RowMethod.Direct] = new(int.MaxValue, 1, int.MaxValue),
        [RowMethod.ExactBlocks] = new(-1, Tile.MaxTerms, int.MaxValue),
        [RowMethod.SeriesBlocks] = new(-1, 1, 2),
    };

    /// <summary>The length to try where nothing is known.</summary>
    public int FirstLength => ShortestSeries <= Tile.MaxTerms ? Tile.MaxTerms : LongestExact;

    /// <summary>The block of a length: of one row, exact, or by the series.</summary>
    /// <param name="row">The first row.</param>
    /// <param name="length">The length.</param>
    /// <param name="tolerance">ε.</param>
    /// <param name="steepness">|b| per row of half-length where the last window ended.</param>
    public RowBlock BlockAt(int row, int length, double tolerance, double steepness)
    {
        if (length <= 1) return RowBlock.Single(row);
        if (length <= LongestExact) return RowBlock.Exact(row, length);
        return new RowBlock(row, length, Terms(steepness * (length / 2), tolerance), IsExact: false);
    }

    /// <summary>How long the next block may be, from what this one turned out to be.</summary>
    public int NextLength(RowBlock block, BlockOutcome outcome, double tolerance)
    {
        // The bound grows like the p-th power of the length, so from one length follows the one that is allowed.
        if (block.Length == 1) return FirstLength;
        var allowed = block.IsExact
            ? 2 * UsualSlope * block.Half / outcome.Steepest
            : block.Length * Math.Min(4, Allowance(block, outcome, tolerance));
        return allowed < ShortestSeries ? LongestExact : (int)Math.Min(allowed, int.MaxValue);
    }

    /// <summary>How long to try after a block that was refused.</summary>
    public int ShorterLength(RowBlock block, BlockOutcome outcome, double tolerance)
    {
        var length = block.Length * (outcome == BlockOutcome.TooSteep ? 0.6 : Math.Clamp(Allowance(block, outcome, tolerance), 0.3, 0.9));
        return !block.IsExact && length < ShortestSeries ? LongestExact : (int)length;
    }

    /// <summary>The fewest terms that leave out less than the tolerance where no slope exceeds the one expected.</summary>
    private static int Terms(double slope, double tolerance)
    {
        var term = 1.0;
        for (var k = 1; k < Tile.MaxTerms; k++)
        {
            term *= slope / k;
            if (k % 4 == 0 && k > slope && 4 * term <= tolerance) return k;
        }

        return Tile.MaxTerms;
    }

    private static double Allowance(RowBlock block, BlockOutcome outcome, double tolerance) =>
        0.95 * Math.Pow(tolerance / outcome.Error, 1.0 / block.Terms);
}

/// <summary>How kernels compute.</summary>
/// <param name="Tolerance">ε: how far the total of a row may be off, relatively, and a mixture of values relative to their range.</param>
/// <param name="Width">The vectors to use.</param>
/// <param name="Threads">How many threads may work.</param>
/// <param name="Method">How rows are summed.</param>
internal readonly record struct KernelSettings(double Tolerance, SimdWidth Width, int Threads, RowMethod Method = RowMethod.Automatic);
