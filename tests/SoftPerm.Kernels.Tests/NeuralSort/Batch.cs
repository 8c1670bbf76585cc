using System.Numerics;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Kernels.Tests.Memory;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>A batch of sequences, and what each operator makes of it, forward and backward, as new arrays.</summary>
/// <param name="Scores">s, sequence after sequence.</param>
/// <param name="Items">n.</param>
/// <param name="Temperatures">τ of each sequence.</param>
internal sealed record Batch<T>(T[] Scores, int Items, double[] Temperatures)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public bool[] Present { get; init; } = [];

    public bool Descending { get; init; } = true;

    public KernelSettings Settings { get; init; } = new(Tolerances.NeuralSort<T>(), SimdWidths.Widest, 1);

    /// <summary>Where inputs and outputs lie; the caller disposes it. By default arrays.</summary>
    public TestMemory Memory { get; init; } = new PinnedMemory();

    public int Sequences => Temperatures.Length;

    public Outcome<T> Apply(T[] values, int columns, T[] upstream)
    {
        using var sorted = Sort();
        using var operators = new NeuralSortOperators<T>(sorted, Settings);
        var x = Matrix(Memory.Of<T>(values), columns);
        ItemMatrix<T> result = NewMatrix(columns), valueGradient = NewMatrix(columns);
        using var tape = operators.Apply(x, result, leavesTape: true);
        return Backward(result.Data, valueGradient.Data, (scores, temperatures) =>
            operators.ApplyGradient(tape, x, Matrix(Memory.Of<T>(upstream), columns), valueGradient, scores, temperatures));
    }

    public Outcome<T> ApplyTranspose(T[] values, int columns, T[] upstream)
    {
        using var sorted = Sort();
        using var operators = new NeuralSortOperators<T>(sorted, Settings);
        var x = Matrix(Memory.Of<T>(values), columns);
        ItemMatrix<T> result = NewMatrix(columns), valueGradient = NewMatrix(columns);
        using var tape = operators.ApplyTranspose(x, result, leavesTape: true);
        return Backward(result.Data, valueGradient.Data, (scores, temperatures) =>
            operators.ApplyTransposeGradient(tape, x, Matrix(Memory.Of<T>(upstream), columns), valueGradient, scores, temperatures));
    }

    public Outcome<T> RowSum(int[] firsts, int count, T[] upstream)
    {
        using var sorted = Sort();
        using var operators = new NeuralSortOperators<T>(sorted, Settings);
        var places = Memory.Of<int>([.. Enumerable.Range(0, Sequences).Select(k => firsts[k % firsts.Length])]);
        var result = NewMatrix(1);
        using var tape = operators.SumRows(places, 1, count, result, leavesTape: true);
        return Backward(result.Data, default, (scores, temperatures) =>
            operators.SumRowsGradient(tape, places, 1, count, Matrix(Memory.Of<T>(upstream), 1), scores, temperatures));
    }

    public Outcome<T> CrossEntropy(long[] order, T[] upstream)
    {
        using var sorted = Sort();
        using var operators = new NeuralSortOperators<T>(sorted, Settings);
        var orders = Memory.Of<long>(order);
        var result = Memory.Filled(Sequences, Unwritten);
        using var tape = operators.CrossEntropy(orders, 1, result, leavesTape: true);
        return Backward(result, default, (scores, temperatures) =>
            operators.CrossEntropyGradient(tape, orders, 1, Memory.Of<T>(upstream), scores, temperatures));
    }

    public int[] Order()
    {
        using var sorted = Sort();
        return [.. Enumerable.Range(0, Sequences).SelectMany(sequence => sorted.Order(sequence).ToArray())];
    }

    private static T Unwritten => T.CreateChecked(TestMemory.Unwritten);

    private SortedItems Sort()
    {
        var sorted = SortedItems.Of(Memory.Of<T>(Scores), Memory.Of<bool>(Present), Temperatures, Items, Descending, Settings.Threads);
        GC.KeepAlive(Memory);
        return sorted;
    }

    private Outcome<T> Backward(Buffer<T> result, Buffer<T> valueGradient, Action<ItemMatrix<T>, Buffer<double>> backward)
    {
        var forward = Copy(result);
        Buffer<T> scores = Memory.Filled(Scores.Length, T.Zero);
        var temperatures = Memory.Filled(Sequences, 0.0);
        backward(Matrix(scores, 1), temperatures);
        var outcome = new Outcome<T>(forward, Copy(valueGradient), Copy(scores), Copy(temperatures));
        GC.KeepAlive(Memory); // buffers point into it, which the collector does not see
        return outcome;
    }

    private ItemMatrix<T> NewMatrix(int columns) => Matrix(Memory.Filled(Sequences * Items * columns, Unwritten), columns);

    private ItemMatrix<T> Matrix(Buffer<T> data, int columns) => new(data, Items, columns);

    private static TEntry[] Copy<TEntry>(Buffer<TEntry> buffer)
        where TEntry : unmanaged
        => buffer.IsEmpty ? [] : buffer.Span(0, (int)buffer.Length).ToArray();
}

/// <summary>What an operator computed.</summary>
/// <param name="Result">Forward.</param>
/// <param name="Values">The gradient of the values; empty if it has none.</param>
/// <param name="Scores">The gradient of the scores.</param>
/// <param name="Temperatures">The gradient of each temperature.</param>
internal sealed record Outcome<T>(T[] Result, T[] Values, T[] Scores, double[] Temperatures);
