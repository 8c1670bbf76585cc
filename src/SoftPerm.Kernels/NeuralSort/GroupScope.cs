using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>One group of sequences at a time, with the scratch of the thread that treats it.</summary>
/// <remarks>All panels lie by place within the finite scores, the lanes of a group side by side.</remarks>
internal sealed class GroupScope : IDisposable
{
    private readonly PlannedRows rows;
    private readonly ScratchArray<double> scratch;
    private readonly Panel laneGaps;
    private readonly int threads;
    private int group;
    private bool isPlanned;
    private Sequence sequence;

    public GroupScope(PlannedRows rows, ScopeSizes sizes, int threads)
    {
        (this.rows, this.threads, Lanes) = (rows, threads, rows.Lanes);
        var margin = Lanes > 1 ? 0 : Panel.Margin;
        var stride = (rows.Sorted.Items + 2 * margin) * Lanes;
        var columns = 2 * sizes.Values + sizes.Weights + sizes.Results + (Lanes > 1 ? 1 : 0);
        scratch = new ScratchArray<double>((long)stride * columns);
        var all = new Panel(scratch.Array, margin, stride, columns);
        Values = all.Slice(0, sizes.Values);
        Mixtures = all.Slice(sizes.Values, sizes.Values);
        Weights = all.Slice(2 * sizes.Values, sizes.Weights);
        Results = all.Slice(2 * sizes.Values + sizes.Weights, sizes.Results);
        laneGaps = all.Slice(columns - 1, 1);
    }

    /// <summary>The batch.</summary>
    public SortedItems Sorted => rows.Sorted;

    /// <summary>Sequences side by side.</summary>
    public int Lanes { get; }

    /// <summary>The sequence of the first lane.</summary>
    public int FirstSequence { get; private set; }

    /// <summary>The lanes in use; others reach nothing.</summary>
    public int UsedLanes { get; private set; }

    /// <summary>What the first lane's sequence is like; with several lanes, what all are.</summary>
    public SequenceShape Shape { get; private set; }

    /// <summary>The first row, counted from the first finite score.</summary>
    public int First { get; private set; }

    /// <summary>The row behind the last.</summary>
    public int End { get; private set; }

    /// <summary>The first column the rows reach; known once they are planned.</summary>
    public int FirstColumn { get; private set; }

    /// <summary>The column behind the last they reach.</summary>
    public int EndColumn { get; private set; }

    /// <summary>x by place.</summary>
    public Panel Values { get; }

    /// <summary>P x by place.</summary>
    public Panel Mixtures { get; }

    /// <summary>Series of weights by row.</summary>
    public Panel Weights { get; }

    /// <summary>Column sums.</summary>
    public Panel Results { get; }

    /// <summary>Z by row.</summary>
    public Panel Totals => rows.Totals(group);

    /// <summary>Whether mixtures are kept as changes too.</summary>
    public bool KeepsChanges => rows.KeepsChanges;

    /// <summary>The changes of a column of values.</summary>
    public ItemColumn<double> Changes(int column) => rows.Changes(FirstSequence, column);

    /// <summary>The sequence of a lane in use.</summary>
    public int SequenceOf(int lane) => FirstSequence + lane;

    /// <summary>The place of the first row, infinite scores counted.</summary>
    public int FirstPlace => rows.FirstOf(FirstSequence);

    /// <summary>The place behind the last row, infinite scores counted.</summary>
    public int EndPlace => FirstPlace + rows.Count;

    /// <summary>The items of a lane by finite place.</summary>
    public ReadOnlySpan<int> FiniteItems(int lane) => Sorted.Order(SequenceOf(lane)).Slice(Shape.First, Shape.Finite);

    /// <summary>The item of the first lane at the first finite place; the others follow, and those of the next lane n after them.</summary>
    public ref readonly int FirstItem => ref Unsafe.Add(ref Sorted.FirstOrder(FirstSequence), Shape.First);

    /// <summary>The gap below the first finite place of a lane over τ.</summary>
    public ref readonly double GapsOf(int lane) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Sorted.Gaps), Sorted.GapStart(SequenceOf(lane)));

    /// <summary>The distance beyond which columns are left out.</summary>
    public double Tail => sequence.Tail;

    /// <summary>Takes up a group.</summary>
    public void MoveTo(int target)
    {
        group = target;
        FirstSequence = target * Lanes;
        UsedLanes = Math.Min(Lanes, Sorted.Sequences - FirstSequence);
        Shape = Sorted.Shape(SequenceOf(0));
        First = Math.Clamp(FirstPlace - Shape.First, 0, Shape.Finite);
        End = Math.Clamp(EndPlace - Shape.First, First, Shape.Finite);
        (FirstColumn, EndColumn) = (0, Shape.Finite);
        sequence = new Sequence(Sorted.Gaps, Sorted.GapStart(SequenceOf(0)), Shape.Finite, rows.Settings.Tolerance, rows.Limits);
        isPlanned = rows.ArePlanned;
        if (isPlanned) SetColumns();
        if (Lanes == 1) return;
        ref var interleaved = ref laneGaps.Column(0);
        ref var gaps = ref Unsafe.AsRef(in GapsOf(0));
        for (var lane = 0; lane < Lanes; lane++)
        {
            // Idle lanes reach nothing.
            for (var place = 0; place < Shape.Finite; place++)
                Unsafe.Add(ref interleaved, place * Lanes + lane) = lane < UsedLanes ? Unsafe.Add(ref gaps, place) : SortedItems.WidestGap;
            if (lane + 1 < UsedLanes) gaps = ref Unsafe.Add(ref gaps, Sorted.GapStride);
        }
    }

    /// <summary>Calls an action with stretches of places, on the threads of this scope.</summary>
    public void ForPlaces<TState>(int first, int end, TState state, Action<TState, GroupScope, int, int> action) =>
        Workers.RunPieces(first, end, threads, (Scope: this, state, action), static (job, from, to) => job.action(job.state, job.Scope, from, to));

    /// <summary>Clears the margins of values that are about to be loaded for the columns reached.</summary>
    public void ClearValueMargins(int columns)
    {
        if (Lanes > 1) return;
        for (var c = 0; c < columns; c++)
        {
            Values.Span(c, FirstColumn - Panel.Margin, FirstColumn).Clear();
            Values.Span(c, EndColumn, EndColumn + Panel.Margin).Clear();
        }
    }

    /// <summary>Clears weights around the rows, as far as narrow columns look.</summary>
    public void ClearWeightMargins(int series)
    {
        if (Lanes > 1) return;
        const int Around = 2 * Tile.NarrowReach + Panel.Margin;
        for (var s = 0; s < series; s++)
        {
            Weights.Span(s, Math.Max(First - Around, -Panel.Margin), First).Clear();
            Weights.Span(s, End, Math.Min(End + Around, Shape.Finite + Panel.Margin)).Clear();
        }
    }

    /// <summary>Computes totals and the mixtures of some columns of values; plans the rows unless they are.</summary>
    public void Forward(int columns)
    {
        Panel values = Values.Slice(0, columns), mixtures = Mixtures.Slice(0, columns);
        if (Lanes > 1) rows.Transform.ForwardLanes(LaneShape, laneGaps, values, Totals, mixtures);
        else if (First < End)
        {
            Workers.Run(rows.StretchCount, threads, (Scope: this, values, mixtures), static (job, index) =>
                job.Scope.ForwardStretch(index, job.values, job.mixtures));
        }

        isPlanned = true;
        SetColumns();
    }

    /// <summary>Computes column sums of some series of weights, which are spent.</summary>
    /// <param name="series">The series of weights.</param>
    /// <param name="columns">The columns of values; a gradient has one series more, or as many.</param>
    /// <param name="results">The results, A and W included for a gradient.</param>
    /// <param name="gradient">Whether A and W are wanted.</param>
    public void Transpose(int series, int columns, int results, bool gradient)
    {
        Panel weights = Weights.Slice(0, series), values = Values.Slice(0, columns), sums = Results.Slice(0, results);
        if (Lanes > 1) rows.Transform.TransposeLanes(LaneShape, laneGaps, weights, values, sums, gradient);
        else if (First < End) TransposeStretches(weights, values, sums, gradient);
    }

    /// <summary>Sets some results to zero over the columns reached.</summary>
    public void ClearResults(int first, int end)
    {
        for (var r = first; r < end; r++)
        {
            if (Lanes > 1) Results.Span(r, 0, Shape.Finite * Lanes).Clear();
            else Results.Span(r, FirstColumn - Panel.Margin, EndColumn + Panel.Margin).Clear();
        }
    }

    public void Dispose() => scratch.Dispose();

    private void ForwardStretch(int index, Panel values, Panel mixtures)
    {
        ref var stretch = ref rows.Stretches(FirstSequence)[index];
        if (isPlanned) rows.Transform.Forward(sequence, stretch, values, Totals, mixtures, rows.Plan(FirstSequence, First));
        else
        {
            stretch = Stretch.Of(First, End, index, rows.StretchCount);
            rows.Transform.Plan(sequence, ref stretch, values, Totals, mixtures, rows.Plan(FirstSequence, First));
        }
    }

    private LaneShape LaneShape => new(Lanes, Shape.Finite, Tail, First, End);

    private void SetColumns()
    {
        if (Lanes > 1) return;
        (FirstColumn, EndColumn) = (First, End);
        if (First == End) return;
        foreach (var stretch in rows.Stretches(FirstSequence))
            (FirstColumn, EndColumn) = (Math.Min(FirstColumn, stretch.FirstColumn), Math.Max(EndColumn, stretch.EndColumn));
    }

    private void TransposeStretches(Panel weights, Panel values, Panel results, bool gradient)
    {
        SpreadBlocks(weights, values, results, gradient);
        Workers.Run(rows.StretchCount, threads, (Scope: this, weights, values, results, gradient), static (job, index) =>
        {
            // The columns of a stretch's own places; narrow rows of the stretches beside it reach them too.
            var scope = job.Scope;
            var stretches = scope.rows.Stretches(scope.FirstSequence);
            var firstColumn = index == 0 ? scope.FirstColumn : stretches[index].First;
            var endColumn = index == stretches.Length - 1 ? scope.EndColumn : stretches[index].End;
            var around = new Stretch(stretches[Math.Max(0, index - 1)].First, stretches[Math.Min(stretches.Length - 1, index + 1)].End);
            scope.rows.Transform.TransposeNarrow(
                scope.sequence, around, firstColumn, endColumn, job.weights, job.values, job.results, job.gradient,
                scope.rows.Plan(scope.FirstSequence, scope.First));
        });
    }

    private void SpreadBlocks(Panel weights, Panel values, Panel results, bool gradient)
    {
        var parts = StretchPart.Cut(rows.Stretches(FirstSequence), Shape.Finite, results.Columns);
        if (parts.Length == 0) return;
        // The first part adds to the results themselves, the others to sums of their own.
        using var sums = new ScratchArray<double>(parts.Length == 1 ? 0 : parts[^1].Start + parts[^1].Width * (long)results.Columns);
        Workers.Run(parts.Length, threads, (Scope: this, parts, sums, weights, values, results, gradient), static (job, k) =>
        {
            var (scope, part) = (job.Scope, job.parts[k]);
            var target = k == 0 ? job.results : part.Sums(job.sums, job.results.Columns);
            if (k > 0) job.sums.Array.AsSpan(part.Start, part.Width * job.results.Columns).Clear();
            foreach (var stretch in scope.rows.Stretches(scope.FirstSequence)[part.FirstStretch..part.EndStretch])
            {
                scope.rows.Transform.TransposeBlocks(
                    scope.sequence, stretch, job.weights, job.values, target, job.gradient, scope.rows.Plan(scope.FirstSequence, scope.First));
            }
        });
        if (parts.Length == 1) return;
        ForPlaces(FirstColumn, EndColumn, (parts, sums, results), static (job, _, first, end) =>
        {
            foreach (var part in job.parts.AsSpan(1)) part.AddTo(job.results, job.sums, first, end);
        });
    }
}

/// <summary>The scratch an operator needs for a group, in columns.</summary>
/// <param name="Values">Values x by place, and mixtures of them.</param>
/// <param name="Weights">Series of row weights.</param>
/// <param name="Results">Column sums.</param>
internal readonly record struct ScopeSizes(int Values, int Weights, int Results);

/// <summary>Moves numbers between the caller's matrices, by item or by place, and the panels of a scope.</summary>
internal static class ScopeTransfers
{
    /// <summary>The most columns of values treated in one pass.</summary>
    public const int PanelColumns = 8;

    /// <summary>Loads columns of values by item, centred, for the columns the rows reach.</summary>
    public static void LoadItems<T>(this GroupScope scope, ItemMatrix<T> values, int firstColumn, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        scope.ClearValueMargins(columns);
        scope.ForPlaces(scope.FirstColumn, scope.EndColumn, (values, firstColumn, columns), static (job, scope, first, end) =>
        {
            var (lanes, used, middle) = (scope.Lanes, scope.UsedLanes, scope.Shape.Finite / 2);
            for (var c = 0; c < job.columns; c++)
            {
                ref var items = ref Unsafe.AsRef(in scope.FirstItem);
                ref var target = ref scope.Values.Column(c);
                var source = job.values.Column(scope.FirstSequence, used, job.firstColumn + c);
                for (var lane = 0; lane < used; lane++)
                {
                    var centre = source.Centre(Unsafe.Add(ref items, middle));
                    for (var place = first; place < end; place++)
                        Unsafe.Add(ref target, place * lanes + lane) = double.CreateTruncating(source[Unsafe.Add(ref items, place)]) - centre;
                    source.MoveOn();
                    if (lane + 1 < used) items = ref Unsafe.Add(ref items, scope.Sorted.Items);
                }
            }
        });
    }

    /// <summary>Stores column sums by item, for the columns the rows reach.</summary>
    public static void StoreItems<T>(this GroupScope scope, ItemMatrix<T> target, int firstColumn, int columns, int firstResult)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        scope.ForPlaces(scope.FirstColumn, scope.EndColumn, (target, firstColumn, columns, firstResult), static (job, scope, first, end) =>
        {
            var (lanes, used) = (scope.Lanes, scope.UsedLanes);
            for (var c = 0; c < job.columns; c++)
            {
                ref var items = ref Unsafe.AsRef(in scope.FirstItem);
                ref var sums = ref scope.Results.Column(job.firstResult + c);
                var target = job.target.Column(scope.FirstSequence, used, job.firstColumn + c);
                for (var lane = 0; lane < used; lane++)
                {
                    for (var place = first; place < end; place++)
                        target[Unsafe.Add(ref items, place)] = T.CreateTruncating(Unsafe.Add(ref sums, place * lanes + lane));
                    target.MoveOn();
                    if (lane + 1 < used) items = ref Unsafe.Add(ref items, scope.Sorted.Items);
                }
            }
        });
    }

    /// <summary>Sets series of weights to those of a matrix by place, over the totals.</summary>
    public static void LoadWeights<T>(this GroupScope scope, ItemMatrix<T> source, int firstColumn, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        scope.ForPlaces(scope.First, scope.End, (source, firstColumn, columns), static (job, scope, first, end) =>
        {
            ref var totals = ref scope.Totals.Column(0);
            var (lanes, used, place) = (scope.Lanes, scope.UsedLanes, scope.Shape.First);
            for (var c = 0; c < job.columns; c++)
            {
                ref var weights = ref scope.Weights.Column(c);
                var source = job.source.Column(scope.FirstSequence, used, job.firstColumn + c);
                for (var lane = 0; lane < used; lane++)
                {
                    for (var row = first; row < end; row++)
                    {
                        var at = row * lanes + lane;
                        Unsafe.Add(ref weights, at) = double.CreateTruncating(source[place + row]) / Unsafe.Add(ref totals, at);
                    }

                    source.MoveOn();
                }
            }
        });
    }

    /// <summary>Stores mixtures of values by place, for the rows, and keeps their changes if the rows do.</summary>
    /// <param name="scope">The group.</param>
    /// <param name="values">The values that were loaded.</param>
    /// <param name="firstColumn">The first column.</param>
    /// <param name="columns">How many.</param>
    /// <param name="target">Receives the mixtures.</param>
    public static void StoreMixtures<T>(this GroupScope scope, ItemMatrix<T> values, int firstColumn, int columns, ItemMatrix<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        scope.ForPlaces(scope.First, scope.End, (values, firstColumn, columns, target), static (job, scope, first, end) =>
        {
            var (lanes, used, place, middle) = (scope.Lanes, scope.UsedLanes, scope.Shape.First, scope.Shape.Finite / 2);
            for (var c = 0; c < job.columns; c++)
            {
                var column = job.firstColumn + c;
                ref var items = ref Unsafe.AsRef(in scope.FirstItem);
                ref double mixtures = ref scope.Mixtures.Column(c), own = ref scope.Values.Column(c);
                var values = job.values.Column(scope.FirstSequence, used, column);
                var target = job.target.Column(scope.FirstSequence, used, column);
                for (var lane = 0; lane < used; lane++)
                {
                    var centre = values.Centre(Unsafe.Add(ref items, middle));
                    for (var row = first; row < end; row++)
                        target[place + row] = T.CreateTruncating(Unsafe.Add(ref mixtures, row * lanes + lane) + centre);
                    values.MoveOn();
                    target.MoveOn();
                    if (lane + 1 < used) items = ref Unsafe.Add(ref items, scope.Sorted.Items);
                }

                if (!scope.KeepsChanges) continue;
                var changes = scope.Changes(column);
                for (var row = first; row < end; row++) changes[place + row] = Unsafe.Add(ref mixtures, row) - Unsafe.Add(ref own, row);
            }
        });
    }
}
