using System.Numerics;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.SortingNetworks;

/// <summary>The cross-entropy: of P, one column for each place.</summary>
/// <remarks>Entries may be 0: they count as the smallest normal number of the type, and have no gradient.</remarks>
internal sealed partial class NetworkOperators<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly double Floor = typeof(T) == typeof(float) ? 1.17549435e-38f : 2.2250738585072014e-308;

    public override void CrossEntropy(Buffer<long> order, Buffer<T> result)
    {
        var pass = ValuePass.For(sorted.Items);
        ForEachSequence((long)sorted.Items * pass.Lanes, (Self: this, pass, order, result), static (job, sequence, memory) =>
            job.result[sequence] = T.CreateTruncating(job.Self.CrossEntropy(sequence, job.order, job.pass, memory)), sorted.Items);
    }

    public override void CrossEntropyGradient(
        Buffer<long> order, Buffer<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
    {
        var pass = ValuePass.For(sorted.Items);
        var scratch = (long)pass.Lanes * (sorted.Items + capacity) + capacity + sorted.Items;
        ForEachSequence(scratch, (Self: this, pass, order, upstream, scoreGradient, temperatureGradient), static (job, sequence, memory) =>
        {
            var mixing = job.Self.Mixing(sequence, memory);
            job.Self.AddCrossEntropyGradient(sequence, job.order, double.CreateTruncating(job.upstream[sequence]), job.pass, mixing, memory);
            var gradients = job.Self.Block(sequence, memory.AsSpan(job.Self.capacity), 1);
            gradients.Clear();
            job.Self.AddGradient(sequence, mixing, gradients, job.scoreGradient, job.temperatureGradient);
        }, sorted.Items);
    }

    private double CrossEntropy(int sequence, Buffer<long> order, ValuePass pass, Span<double> memory)
    {
        var shape = sorted.Shape(sequence);
        if (shape.HasUnsettled(0, shape.Present)) return double.NaN;
        var wanted = order.Span((long)sequence * sorted.Items, sorted.Items);
        var places = sorted.Order(sequence);
        double sum = 0;
        for (var place = 0; place < shape.Present; place++)
            if ((place < shape.First || place >= shape.End) && wanted[place] != places[place]) sum -= Math.Log(Floor);
        var block = Block(sequence, memory, pass.Lanes);
        for (var first = 0; first < shape.Finite; first += pass.Lanes)
        {
            LoadWanted(sequence, wanted, first, pass.Lanes, block);
            pass.Forward(Tape(sequence), block, default);
            for (var wire = first; wire < Math.Min(first + pass.Lanes, shape.Finite); wire++)
                sum -= Math.Log(Math.Max(block[wire * pass.Lanes + wire - first], Floor));
        }

        return sum / Math.Max(1, shape.Present);
    }

    /// <summary>Adds the gradient on each comparator's α. Scratch: that, a block, and its differences.</summary>
    private void AddCrossEntropyGradient(
        int sequence, Buffer<long> order, double upstream, ValuePass pass, Span<double> mixing, Span<double> memory)
    {
        var shape = sorted.Shape(sequence);
        var wanted = order.Span((long)sequence * sorted.Items, sorted.Items);
        var weight = upstream / Math.Max(1, shape.Present);
        var tape = Tape(sequence);
        var block = Block(sequence, memory[capacity..], pass.Lanes);
        var between = memory.Slice(capacity + block.Length, mixing.Length * pass.Lanes);
        Span<double> entries = stackalloc double[pass.Lanes];
        for (var first = 0; first < shape.Finite; first += pass.Lanes)
        {
            var count = Math.Min(pass.Lanes, shape.Finite - first);
            LoadWanted(sequence, wanted, first, pass.Lanes, block);
            pass.Forward(tape, block, between);
            for (var lane = 0; lane < count; lane++) entries[lane] = block[(first + lane) * pass.Lanes + lane];
            block.Clear();
            for (var lane = 0; lane < count; lane++)
                block[(first + lane) * pass.Lanes + lane] = entries[lane] >= Floor ? -weight / entries[lane] : 0;
            pass.Backward(tape, block, between, mixing);
        }
    }

    /// <summary>Columns that hold 1 at the items wanted at consecutive finite places, and 0 elsewhere.</summary>
    private void LoadWanted(int sequence, ReadOnlySpan<long> wanted, int first, int lanes, Span<double> block)
    {
        block.Clear();
        var wires = Items(sequence);
        for (var lane = 0; lane < Math.Min(lanes, wires.Length - first); lane++)
        {
            var wire = wires.BinarySearch((int)wanted[sorted.Shape(sequence).First + first + lane]);
            if (wire >= 0) block[wire * lanes + lane] = 1;
        }
    }
}
