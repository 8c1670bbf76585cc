using System.Numerics;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.SortingNetworks;

/// <summary>A relaxed sorting network over the finite scores of each sequence, in the order given.</summary>
/// <remarks>
/// <para>P is a product of comparators, symmetric 2×2 mixtures: P X takes values through them, Pᵀ X back. The loss Σ Y·P X has the
/// gradient (A - B)·(a - b) on the share α of a comparator, where a, b are the values that come to it and A, B what the
/// gradients Y have become on their way back to it; so P X, Pᵀ Y and the gradient of either need one way there and one back.</para>
/// <para>Kept are three numbers a comparator. A gradient needs two more and one for each column of a block, a block at a time.</para>
/// </remarks>
internal sealed class NetworkOperators<T> : SortOperators<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>What entries count as at least in log P, as they may be 0: the smallest normal number.</summary>
    private static readonly double Floor = typeof(T) == typeof(float) ? 1.17549435e-38f : 2.2250738585072014e-308;

    private const double Largest = double.MaxValue / 4; // of scores, so that differences stay finite

    private readonly ScorePass scorePass;
    private readonly int capacity;
    private readonly Comparators?[] comparators;
    private readonly ScratchArray<int> items;
    private readonly ScratchArray<double> keep, give, differences, outcomes;

    /// <summary>Takes scores through networks.</summary>
    /// <param name="sorted">The scores sorted; they do not belong to this object.</param>
    /// <param name="scores">The scores by item; read here and not later.</param>
    /// <param name="layers">The layers of a network of some size.</param>
    /// <param name="scorePass">Knows the swap function.</param>
    /// <param name="threads">How many threads may work.</param>
    public NetworkOperators(SortedItems sorted, ItemMatrix<T> scores, Func<int, IEnumerable<NetworkLayer>> layers, ScorePass scorePass, int threads)
        : base(sorted, threads)
    {
        this.scorePass = scorePass;
        comparators = new Comparators?[sorted.Items + 1];
        for (var sequence = 0; sequence < sorted.Sequences; sequence++)
        {
            var wires = sorted.Shape(sequence).Finite;
            capacity = Math.Max(capacity, (comparators[wires] ??= Comparators.Of(layers(wires), wires)).Count);
        }

        items = new ScratchArray<int>((long)sorted.Sequences * sorted.Items);
        outcomes = new ScratchArray<double>((long)sorted.Sequences * sorted.Items);
        keep = new ScratchArray<double>((long)sorted.Sequences * capacity);
        give = new ScratchArray<double>((long)sorted.Sequences * capacity);
        differences = new ScratchArray<double>((long)sorted.Sequences * capacity);
        ForEachSequence(0, (Self: this, scores), static (job, sequence, _) => job.Self.Pass(sequence, job.scores));
    }

    public override bool KnowsSortedScores => true;

    public override void SortScores(ItemMatrix<T> scores, ItemMatrix<T> result)
    {
        SequenceWork.Run(Sorted, Threads, 0, (Self: this, result), static (job, sequence, _) =>
        {
            var outcomes = job.Self.Outcomes(sequence);
            var first = job.Self.Sorted.Shape(sequence).First;
            for (var wire = 0; wire < outcomes.Length; wire++) job.result.At(sequence, first + wire, 0) = T.CreateTruncating(outcomes[wire]);
        });
        StoreEdges(scores, result);
    }

    public override void SortScoresGradient(ItemMatrix<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        var given = PlaceValues<T>.Of(upstream);
        ForEachSequence(Sorted.Items, (Self: this, given, scoreGradient, temperatureGradient), static (job, sequence, memory) =>
        {
            var gradients = job.Self.Block(sequence, memory, 1);
            job.Self.LoadPlaces(sequence, job.given, 0, 1, gradients);
            foreach (ref var gradient in gradients) gradient *= job.Self.Sorted.Sign;
            job.Self.AddGradient(sequence, default, gradients, job.scoreGradient, job.temperatureGradient);
        });
        if (scoreGradient.IsWanted) AddTransposedEdges(given, scoreGradient);
        Spoil(given, scoreGradient, temperatureGradient);
    }

    public override void Dispose()
    {
        items.Dispose();
        outcomes.Dispose();
        keep.Dispose();
        give.Dispose();
        differences.Dispose();
    }

    protected override IDisposable? ApplyFinite(ItemMatrix<T> values, ItemMatrix<T> result, bool leavesTape)
    {
        var pass = ValuePass.For(values.Columns);
        ForEachSequence((long)Sorted.Items * pass.Lanes, (Self: this, pass, values, result), static (job, sequence, memory) =>
        {
            var (self, pass) = (job.Self, job.pass);
            var block = self.Block(sequence, memory, pass.Lanes);
            for (var column = 0; column < job.values.Columns; column += pass.Lanes)
            {
                self.LoadItems(sequence, job.values, column, pass.Lanes, block);
                pass.Forward(self.Tape(sequence), block, default);
                self.StorePlaces(sequence, block, job.result, column, pass.Lanes);
            }
        });
        return null;
    }

    protected override void ApplyFiniteGradient(
        IDisposable? tape, ItemMatrix<T> values, ItemMatrix<T> upstream,
        ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        AddColumns(values, PlaceValues<T>.Of(upstream), default, valueGradient, scoreGradient, temperatureGradient);

    protected override IDisposable? TransposeFinite(PlaceValues<T> values, ItemMatrix<T> result, bool leavesTape)
    {
        var pass = ValuePass.For(result.Columns);
        ForEachSequence((long)Sorted.Items * pass.Lanes, (Self: this, pass, values, result), static (job, sequence, memory) =>
        {
            var (self, pass) = (job.Self, job.pass);
            var block = self.Block(sequence, memory, pass.Lanes);
            for (var column = 0; column < job.result.Columns; column += pass.Lanes)
            {
                self.LoadPlaces(sequence, job.values, column, pass.Lanes, block);
                pass.Backward(self.Tape(sequence), block, default, default);
                self.StoreItems(sequence, block, job.result, column, pass.Lanes);
            }
        });
        return null;
    }

    protected override void TransposeFiniteGradient(
        IDisposable? tape, PlaceValues<T> values, ItemMatrix<T> upstream,
        ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        AddColumns(upstream, values, valueGradient, default, scoreGradient, temperatureGradient);

    protected override long LogScratch => (long)Sorted.Items * ValuePass.For(Sorted.Items).Lanes;

    protected override long LogPasses => (long)Sorted.Items * (capacity / Sorted.Items + 1);

    protected override double MissCost => -Math.Log(Floor);

    protected override void PrepareLogs(int sequence, Span<double> scratch)
    {
    }

    protected override void Logs(IDisposable? tape, int sequence, ReadOnlySpan<int> columns, Span<double> logs, Span<double> scratch)
    {
        var pass = ValuePass.For(Sorted.Items);
        var block = Block(sequence, scratch, pass.Lanes);
        for (var first = 0; first < columns.Length; first += pass.Lanes)
        {
            var count = Math.Min(pass.Lanes, columns.Length - first);
            LoadWanted(sequence, columns.Slice(first, count), pass.Lanes, block);
            pass.Forward(Tape(sequence), block, default);
            for (var lane = 0; lane < count; lane++)
                logs[first + lane] = columns[first + lane] < 0 ? 0 : Math.Log(Math.Max(block[(first + lane) * pass.Lanes + lane], Floor));
        }
    }

    protected override void LogsGradient(
        IDisposable? tape, Buffer<long> orders, int samples, Buffer<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        var pass = ValuePass.For(Sorted.Items);
        ForEachSequence(GradientScratch(pass), (Self: this, pass, orders, samples, upstream, scoreGradient, temperatureGradient), static (job, sequence, memory) =>
        {
            var self = job.Self;
            var mixing = self.Mixing(sequence, memory);
            using var wanted = new WantedOrders(self.Sorted, sequence, job.orders, job.samples);
            for (var sample = 0; sample < job.samples; sample++)
                self.AddLogs(sequence, wanted.Columns(sample, out _), wanted.Weight(job.upstream, sample), job.pass, mixing, memory.AsSpan(self.capacity));
            self.AddMixingGradient(sequence, mixing, memory, job.scoreGradient, job.temperatureGradient);
        }, samples * Sorted.Items);
    }

    protected override void MatrixFinite(ItemMatrix<T> result, bool logarithm)
    {
        var pass = ValuePass.For(Sorted.Items);
        ForEachSequence((long)Sorted.Items * pass.Lanes, (Self: this, pass, result, logarithm), static (job, sequence, memory) =>
        {
            var (self, lanes) = (job.Self, job.pass.Lanes);
            var wires = self.Items(sequence);
            var place = self.Sorted.Shape(sequence).First;
            var block = self.Block(sequence, memory, lanes);
            for (var first = 0; first < wires.Length; first += lanes)
            {
                block.Clear();
                for (var lane = 0; lane < lanes && first + lane < wires.Length; lane++) block[(first + lane) * lanes + lane] = 1;
                job.pass.Forward(self.Tape(sequence), block, default);
                for (var at = 0; at < block.Length; at++)
                {
                    var (row, lane) = Math.DivRem(at, lanes);
                    if (first + lane < wires.Length)
                        job.result.At(sequence, place + row, wires[first + lane]) = T.CreateTruncating(job.logarithm ? Math.Log(Math.Max(block[at], Floor)) : block[at]);
                }
            }
        }, Sorted.Items);
    }

    private long GradientScratch(ValuePass pass) => (long)pass.Lanes * (Sorted.Items + capacity) + capacity + Sorted.Items;

    private void ForEachSequence<TState>(long scratch, TState state, Action<TState, int, double[]> action, int columns = 1) =>
        SequenceWork.Run(Sorted, Threads, scratch, state, action, (long)columns * (capacity / Sorted.Items + 1));

    private NetworkTape Tape(int sequence)
    {
        var found = comparators[Sorted.Shape(sequence).Finite]!;
        var start = sequence * capacity;
        return new NetworkTape(
            found.Wires, keep.Array.AsSpan(start, found.Count), give.Array.AsSpan(start, found.Count), differences.Array.AsSpan(start, found.Count));
    }

    /// <summary>The item on each wire.</summary>
    private Span<int> Items(int sequence) => items.Array.AsSpan(sequence * Sorted.Items, Sorted.Shape(sequence).Finite);

    /// <summary>The scores that left the network.</summary>
    private Span<double> Outcomes(int sequence) => outcomes.Array.AsSpan(sequence * Sorted.Items, Sorted.Shape(sequence).Finite);

    private Span<double> Block(int sequence, Span<double> memory, int lanes) => memory[..(Sorted.Shape(sequence).Finite * lanes)];

    /// <summary>The gradient on each comparator's α, at the start of the scratch; set to 0.</summary>
    private Span<double> Mixing(int sequence, Span<double> memory)
    {
        var mixing = memory[..comparators[Sorted.Shape(sequence).Finite]!.Count];
        mixing.Clear();
        return mixing;
    }

    private void Pass(int sequence, ItemMatrix<T> scores)
    {
        var shape = Sorted.Shape(sequence);
        var wires = Items(sequence);
        Sorted.Order(sequence).Slice(shape.First, shape.Finite).CopyTo(wires);
        if (wires.IsEmpty) return;
        // Counted from the score nearest to 0, so that a common offset costs no accuracy and neither do scores of many scales.
        var nearest = double.PositiveInfinity;
        foreach (var wire in wires) nearest = double.MinMagnitude(nearest, double.CreateTruncating(scores.At(sequence, wire, 0)));
        var centre = Math.Abs(nearest) < Largest / 2 ? nearest : 0;
        wires.Sort();
        var outcomes = Outcomes(sequence);
        for (var wire = 0; wire < wires.Length; wire++)
            outcomes[wire] = Sorted.Sign * Math.Clamp(double.CreateTruncating(scores.At(sequence, wires[wire], 0)) - centre, -Largest, Largest);
        scorePass.Forward(Tape(sequence), outcomes, Sorted.Temperature(sequence));
        for (var wire = 0; wire < outcomes.Length; wire++) outcomes[wire] = Sorted.Sign * outcomes[wire] + centre;
    }

    private void LoadItems(int sequence, ItemMatrix<T> matrix, int column, int lanes, Span<double> block)
    {
        var wires = Items(sequence);
        for (var wire = 0; wire < wires.Length; wire++) Load(matrix.Row(sequence, wires[wire]), column, block.Slice(wire * lanes, lanes));
    }

    private void LoadPlaces(int sequence, PlaceValues<T> values, int column, int lanes, Span<double> block)
    {
        var shape = Sorted.Shape(sequence);
        if (values.Given.IsWanted)
        {
            for (var wire = 0; wire < shape.Finite; wire++) Load(values.Given.Row(sequence, shape.First + wire), column, block.Slice(wire * lanes, lanes));
            return;
        }

        block.Clear();
        for (var lane = 0; lane < lanes && column + lane < values.Columns && !block.IsEmpty; lane++)
            values.Load(sequence, shape.First, shape.Finite, column + lane, block[lane..], lanes);
    }

    private static void Load(ReadOnlySpan<T> row, int column, Span<double> target)
    {
        for (var lane = 0; lane < target.Length; lane++)
            target[lane] = column + lane < row.Length ? double.CreateTruncating(row[column + lane]) : 0;
    }

    private void StoreItems(int sequence, ReadOnlySpan<double> block, ItemMatrix<T> matrix, int column, int lanes)
    {
        var wires = Items(sequence);
        for (var wire = 0; wire < wires.Length; wire++) Store(block.Slice(wire * lanes, lanes), matrix.Row(sequence, wires[wire]), column);
    }

    private void StorePlaces(int sequence, ReadOnlySpan<double> block, ItemMatrix<T> matrix, int column, int lanes)
    {
        var shape = Sorted.Shape(sequence);
        for (var wire = 0; wire < shape.Finite; wire++) Store(block.Slice(wire * lanes, lanes), matrix.Row(sequence, shape.First + wire), column);
    }

    private static void Store(ReadOnlySpan<double> source, Span<T> row, int column)
    {
        for (var lane = 0; lane < source.Length && column + lane < row.Length; lane++) row[column + lane] = T.CreateTruncating(source[lane]);
    }

    /// <summary>The gradients of Σ Y·P X, and P X and Pᵀ Y where they are wanted.</summary>
    private void AddColumns(
        ItemMatrix<T> x, PlaceValues<T> y, ItemMatrix<T> px, ItemMatrix<T> pty, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        var pass = ValuePass.For(x.Columns);
        ForEachSequence(GradientScratch(pass), (Self: this, pass, x, y, px, pty, scoreGradient, temperatureGradient), static (job, sequence, memory) =>
        {
            var (self, pass) = (job.Self, job.pass);
            var tape = self.Tape(sequence);
            var mixing = self.Mixing(sequence, memory);
            var block = self.Block(sequence, memory.AsSpan(self.capacity), pass.Lanes);
            var between = memory.AsSpan(self.capacity + block.Length, mixing.Length * pass.Lanes);
            for (var column = 0; column < job.x.Columns; column += pass.Lanes)
            {
                self.LoadItems(sequence, job.x, column, pass.Lanes, block);
                pass.Forward(tape, block, between);
                if (job.px.IsWanted) self.StorePlaces(sequence, block, job.px, column, pass.Lanes);
                self.LoadPlaces(sequence, job.y, column, pass.Lanes, block);
                pass.Backward(tape, block, between, mixing);
                if (job.pty.IsWanted) self.StoreItems(sequence, block, job.pty, column, pass.Lanes);
            }

            self.AddMixingGradient(sequence, mixing, memory, job.scoreGradient, job.temperatureGradient);
        }, x.Columns);
    }

    /// <summary>Adds the gradient of a sum of -log P over entries to that on each comparator's α. Scratch: a block, and its differences.</summary>
    private void AddLogs(int sequence, ReadOnlySpan<int> columns, double weight, ValuePass pass, Span<double> mixing, Span<double> scratch)
    {
        var tape = Tape(sequence);
        var block = Block(sequence, scratch, pass.Lanes);
        var between = scratch.Slice(block.Length, mixing.Length * pass.Lanes);
        Span<double> entries = stackalloc double[pass.Lanes];
        for (var first = 0; first < columns.Length; first += pass.Lanes)
        {
            var count = Math.Min(pass.Lanes, columns.Length - first);
            LoadWanted(sequence, columns.Slice(first, count), pass.Lanes, block);
            pass.Forward(tape, block, between);
            for (var lane = 0; lane < count; lane++) entries[lane] = block[(first + lane) * pass.Lanes + lane];
            block.Clear();
            for (var lane = 0; lane < count; lane++)
                block[(first + lane) * pass.Lanes + lane] = entries[lane] >= Floor ? -weight / entries[lane] : 0;
            pass.Backward(tape, block, between, mixing);
        }
    }

    /// <summary>Columns that hold 1 at the items wanted at neighbouring finite places, and 0 elsewhere.</summary>
    private void LoadWanted(int sequence, ReadOnlySpan<int> columns, int lanes, Span<double> block)
    {
        block.Clear();
        var wires = Items(sequence);
        var items = Sorted.Order(sequence).Slice(Sorted.Shape(sequence).First, wires.Length);
        for (var lane = 0; lane < columns.Length; lane++)
            if (columns[lane] >= 0) block[wires.BinarySearch(items[columns[lane]]) * lanes + lane] = 1;
    }

    /// <summary>Adds the gradients of scores and temperature where only the comparators' α have one, at the start of the scratch.</summary>
    private void AddMixingGradient(int sequence, Span<double> mixing, Span<double> memory, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        var gradients = Block(sequence, memory[capacity..], 1);
        gradients.Clear();
        AddGradient(sequence, mixing, gradients, scoreGradient, temperatureGradient);
    }

    /// <summary>Adds the gradients of scores and temperature.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="mixing">The gradient on each α.</param>
    /// <param name="gradients">Those on the scores that left the network, times the sign, by wire; used up.</param>
    /// <param name="scoreGradient">Receives them by item; may be empty.</param>
    /// <param name="temperatureGradient">Receives that of the temperature; may be empty.</param>
    private void AddGradient(
        int sequence, ReadOnlySpan<double> mixing, Span<double> gradients, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        if (!scoreGradient.IsWanted && temperatureGradient.IsEmpty) return;
        var slope = scorePass.Backward(Tape(sequence), mixing, gradients, Sorted.Temperature(sequence));
        if (!temperatureGradient.IsEmpty) temperatureGradient[sequence] += slope;
        if (!scoreGradient.IsWanted) return;
        var wires = Items(sequence);
        for (var wire = 0; wire < wires.Length; wire++) scoreGradient.At(sequence, wires[wire], 0) += T.CreateTruncating(Sorted.Sign * gradients[wire]);
    }
}
