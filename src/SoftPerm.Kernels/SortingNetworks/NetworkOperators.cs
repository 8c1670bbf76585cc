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
internal sealed partial class NetworkOperators<T> : SortOperators<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double Largest = double.MaxValue / 4; // of scores, so that differences stay finite

    private readonly SortedItems sorted;
    private readonly ScorePass scorePass;
    private readonly int threads;
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
    {
        (this.sorted, this.scorePass, this.threads) = (sorted, scorePass, threads);
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

    /// <summary>P s for the scores s themselves: what left the network.</summary>
    public void Sort(ItemMatrix<T> scores, ItemMatrix<T> result) =>
        SequenceWork.Run(sorted, threads, 0, (Self: this, scores, result), static (job, sequence, _) =>
        {
            var outcomes = job.Self.Outcomes(sequence);
            var first = job.Self.sorted.Shape(sequence).First;
            for (var wire = 0; wire < outcomes.Length; wire++) job.result.At(sequence, first + wire, 0) = T.CreateTruncating(outcomes[wire]);
            job.Self.sorted.StoreEdges(sequence, 0, job.Self.sorted.Items, job.scores, job.result);
        });

    /// <summary>The gradients of a loss in P s.</summary>
    public void SortGradient(ItemMatrix<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        ForEachSequence(sorted.Items, (Self: this, upstream, scoreGradient, temperatureGradient), static (job, sequence, memory) =>
        {
            var gradients = job.Self.Block(sequence, memory, 1);
            job.Self.LoadPlaces(sequence, job.upstream, 0, 1, gradients);
            foreach (ref var gradient in gradients) gradient *= job.Self.sorted.Sign;
            job.Self.AddGradient(sequence, default, gradients, job.scoreGradient, job.temperatureGradient);
            if (job.scoreGradient.IsWanted)
                job.Self.sorted.StoreTransposedEdges(sequence, 0, job.Self.sorted.Items, job.upstream, job.scoreGradient);
        });

    public override void Apply(ItemMatrix<T> values, ItemMatrix<T> result)
    {
        var pass = ValuePass.For(values.Columns);
        ForEachSequence((long)sorted.Items * pass.Lanes, (Self: this, pass, values, result), static (job, sequence, memory) =>
        {
            var (self, pass) = (job.Self, job.pass);
            var block = self.Block(sequence, memory, pass.Lanes);
            for (var column = 0; column < job.values.Columns; column += pass.Lanes)
            {
                self.LoadItems(sequence, job.values, column, pass.Lanes, block);
                pass.Forward(self.Tape(sequence), block, default);
                self.StorePlaces(sequence, block, job.result, column, pass.Lanes);
            }

            self.sorted.StoreEdges(sequence, 0, self.sorted.Items, job.values, job.result);
        });
    }

    public override void ApplyGradient(
        ItemMatrix<T> values, ItemMatrix<T> upstream, ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        if (valueGradient.IsWanted) valueGradient.Clear();
        AddColumns(values, upstream, default, valueGradient, scoreGradient, temperatureGradient);
    }

    public override void ApplyTranspose(ItemMatrix<T> values, ItemMatrix<T> result)
    {
        result.Clear();
        var pass = ValuePass.For(values.Columns);
        ForEachSequence((long)sorted.Items * pass.Lanes, (Self: this, pass, values, result), static (job, sequence, memory) =>
        {
            var (self, pass) = (job.Self, job.pass);
            var block = self.Block(sequence, memory, pass.Lanes);
            for (var column = 0; column < job.values.Columns; column += pass.Lanes)
            {
                self.LoadPlaces(sequence, job.values, column, pass.Lanes, block);
                pass.Backward(self.Tape(sequence), block, default, default);
                self.StoreItems(sequence, block, job.result, column, pass.Lanes);
            }

            self.sorted.StoreTransposedEdges(sequence, 0, self.sorted.Items, job.values, job.result);
        });
    }

    public override void ApplyTransposeGradient(
        ItemMatrix<T> values, ItemMatrix<T> upstream, ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient) =>
        AddColumns(upstream, values, valueGradient, default, scoreGradient, temperatureGradient);

    public override void Dispose()
    {
        items.Dispose();
        outcomes.Dispose();
        keep.Dispose();
        give.Dispose();
        differences.Dispose();
    }

    private void ForEachSequence<TState>(long scratch, TState state, Action<TState, int, double[]> action, int columns = 1) =>
        SequenceWork.Run(sorted, threads, scratch, state, action, (long)columns * (capacity / sorted.Items + 1));

    private NetworkTape Tape(int sequence)
    {
        var found = comparators[sorted.Shape(sequence).Finite]!;
        var start = sequence * capacity;
        return new NetworkTape(
            found.Wires, keep.Array.AsSpan(start, found.Count), give.Array.AsSpan(start, found.Count), differences.Array.AsSpan(start, found.Count));
    }

    /// <summary>The item on each wire.</summary>
    private Span<int> Items(int sequence) => items.Array.AsSpan(sequence * sorted.Items, sorted.Shape(sequence).Finite);

    /// <summary>The scores that left the network.</summary>
    private Span<double> Outcomes(int sequence) => outcomes.Array.AsSpan(sequence * sorted.Items, sorted.Shape(sequence).Finite);

    private Span<double> Block(int sequence, Span<double> memory, int lanes) => memory[..(sorted.Shape(sequence).Finite * lanes)];

    /// <summary>The gradient on each comparator's α, at the start of the scratch; set to 0.</summary>
    private Span<double> Mixing(int sequence, Span<double> memory)
    {
        var mixing = memory[..comparators[sorted.Shape(sequence).Finite]!.Count];
        mixing.Clear();
        return mixing;
    }

    private void Pass(int sequence, ItemMatrix<T> scores)
    {
        var shape = sorted.Shape(sequence);
        var wires = Items(sequence);
        sorted.Order(sequence).Slice(shape.First, shape.Finite).CopyTo(wires);
        if (wires.IsEmpty) return;
        // Counted from the score nearest to 0, so that a common offset costs no accuracy and neither do scores of many scales.
        var nearest = double.PositiveInfinity;
        foreach (var wire in wires) nearest = double.MinMagnitude(nearest, double.CreateTruncating(scores.At(sequence, wire, 0)));
        var centre = Math.Abs(nearest) < Largest / 2 ? nearest : 0;
        wires.Sort();
        var outcomes = Outcomes(sequence);
        for (var wire = 0; wire < wires.Length; wire++)
            outcomes[wire] = sorted.Sign * Math.Clamp(double.CreateTruncating(scores.At(sequence, wires[wire], 0)) - centre, -Largest, Largest);
        scorePass.Forward(Tape(sequence), outcomes, sorted.Temperature(sequence));
        for (var wire = 0; wire < outcomes.Length; wire++) outcomes[wire] = sorted.Sign * outcomes[wire] + centre;
    }

    private void LoadItems(int sequence, ItemMatrix<T> matrix, int column, int lanes, Span<double> block)
    {
        var wires = Items(sequence);
        for (var wire = 0; wire < wires.Length; wire++) Load(matrix.Row(sequence, wires[wire]), column, block.Slice(wire * lanes, lanes));
    }

    private void LoadPlaces(int sequence, ItemMatrix<T> matrix, int column, int lanes, Span<double> block)
    {
        var shape = sorted.Shape(sequence);
        for (var wire = 0; wire < shape.Finite; wire++) Load(matrix.Row(sequence, shape.First + wire), column, block.Slice(wire * lanes, lanes));
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
        var shape = sorted.Shape(sequence);
        for (var wire = 0; wire < shape.Finite; wire++) Store(block.Slice(wire * lanes, lanes), matrix.Row(sequence, shape.First + wire), column);
    }

    private static void Store(ReadOnlySpan<double> source, Span<T> row, int column)
    {
        for (var lane = 0; lane < source.Length && column + lane < row.Length; lane++) row[column + lane] = T.CreateTruncating(source[lane]);
    }

    /// <summary>The gradients of Σ Y·P X, and P X and Pᵀ Y where they are wanted.</summary>
    private void AddColumns(
        ItemMatrix<T> x, ItemMatrix<T> y, ItemMatrix<T> px, ItemMatrix<T> pty, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        var pass = ValuePass.For(x.Columns);
        var scratch = (long)pass.Lanes * (sorted.Items + capacity) + capacity + sorted.Items;
        ForEachSequence(scratch, (Self: this, pass, x, y, px, pty, scoreGradient, temperatureGradient), static (job, sequence, memory) =>
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

            if (job.px.IsWanted) self.sorted.StoreEdges(sequence, 0, self.sorted.Items, job.x, job.px);
            if (job.pty.IsWanted) self.sorted.StoreTransposedEdges(sequence, 0, self.sorted.Items, job.y, job.pty);
            var gradients = self.Block(sequence, memory.AsSpan(self.capacity), 1);
            gradients.Clear();
            self.AddGradient(sequence, mixing, gradients, job.scoreGradient, job.temperatureGradient);
        }, x.Columns);
    }

    /// <summary>Adds the gradients of scores and temperature; NaN for all where some place has no limit.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="mixing">The gradient on each α.</param>
    /// <param name="gradients">Those on the scores that left the network, times the sign, by wire; used up.</param>
    /// <param name="scoreGradient">Receives them by item; may be empty.</param>
    /// <param name="temperatureGradient">Receives that of the temperature; may be empty.</param>
    private void AddGradient(
        int sequence, ReadOnlySpan<double> mixing, Span<double> gradients, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        if (!scoreGradient.IsWanted && temperatureGradient.IsEmpty) return;
        var shape = sorted.Shape(sequence);
        var isUnsettled = shape.HasUnsettled(0, shape.Present);
        var slope = scorePass.Backward(Tape(sequence), mixing, gradients, sorted.Temperature(sequence));
        if (!temperatureGradient.IsEmpty) temperatureGradient[sequence] += isUnsettled ? double.NaN : slope;
        if (!scoreGradient.IsWanted) return;
        var wires = Items(sequence);
        for (var wire = 0; wire < wires.Length; wire++) scoreGradient.At(sequence, wires[wire], 0) += T.CreateTruncating(sorted.Sign * gradients[wire]);
        if (!isUnsettled) return;
        foreach (var item in sorted.Order(sequence)[..shape.Present]) scoreGradient.At(sequence, item, 0) = T.NaN;
    }
}
