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
        var alike = sorted.AllOrdinary && !firsts.ContainsAnyExcept(firsts[0]) && settings.Method == RowMethod.Automatic;
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
