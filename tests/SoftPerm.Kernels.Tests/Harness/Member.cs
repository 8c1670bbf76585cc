using System.Numerics;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Kernels.Tests.Definitions;
using SoftPerm.Kernels.Tests.Memory;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>Where a gradient puts what it computes; what is empty is not wanted.</summary>
internal readonly record struct Gradients<T>(ItemMatrix<T> Values, ItemMatrix<T> Scores, Buffer<double> Temperatures)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>One member of the contract on one batch: how to call it, and what it must give.</summary>
/// <param name="Name">What messages call it.</param>
/// <param name="Size">The numbers of a sequence's result.</param>
/// <param name="Forward">Computes the result and may leave a tape.</param>
/// <param name="Backward">Computes gradients, given the tape and that on the result; null if there are none.</param>
/// <param name="Expected">The result of one sequence.</param>
/// <param name="Adjoint">The gradient on the values of one sequence, given that on its result; null where there are none.</param>
/// <param name="IsSpoiled">Whether a place without a limit counts in a sequence, so that its gradients are NaN.</param>
internal sealed record Member<T>(
    string Name,
    int Size,
    Func<Buffer<T>, bool, IDisposable?> Forward,
    Action<IDisposable?, Buffer<T>, Gradients<T>>? Backward,
    Func<DenseSequence, int, Dual[]> Expected,
    Func<DenseSequence, double[], Dual[]>? Adjoint,
    Func<PlaceShape, int, bool> IsSpoiled)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Every member that a kernel has.</summary>
    /// <param name="operators">The kernel.</param>
    /// <param name="it">The case.</param>
    /// <param name="inputs">Where what it reads lies.</param>
    public static IEnumerable<Member<T>> Of(SortOperators<T> operators, SortCase it, SortInputs<T> inputs)
    {
        var (n, d) = (it.Items, it.Columns);
        var x = Matrix(inputs.Values, d);
        yield return new("P X", n * d,
            (y, leavesTape) => operators.Apply(x, Matrix(y, d), leavesTape),
            (tape, g, to) => operators.ApplyGradient(tape, x, Matrix(g, d), to.Values, to.Scores, to.Temperatures),
            (p, k) => p.Apply(Part(it.Values, k), d), (p, g) => p.Transpose(g, d), (shape, _) => !shape.IsAllSettled(0, n));
        yield return new("Pᵀ X", n * d,
            (y, leavesTape) => operators.ApplyTranspose(x, Matrix(y, d), leavesTape),
            (tape, g, to) => operators.ApplyTransposeGradient(tape, x, Matrix(g, d), to.Values, to.Scores, to.Temperatures),
            (p, k) => p.Transpose(Part(it.Values, k), d), (p, g) => p.Apply(g, d), (shape, _) => !shape.IsAllSettled(0, n));
        var (sums, count) = (it.Sums, it.Count);
        yield return new("sums of rows", n * sums,
            (y, leavesTape) => operators.SumRows(inputs.Firsts, sums, count, Matrix(y, sums), leavesTape),
            (tape, g, to) => operators.SumRowsGradient(tape, inputs.Firsts, sums, count, Matrix(g, sums), to.Scores, to.Temperatures),
            (p, k) => p.SumRows(Part(it.Firsts, k), count), null, (shape, k) => Part(it.Firsts, k).Any(first => !shape.IsAllSettled(first, first + count)));
        yield return new("cross-entropy", it.Samples,
            (y, leavesTape) => operators.CrossEntropy(inputs.Orders, it.Samples, y, leavesTape),
            (tape, g, to) => operators.CrossEntropyGradient(tape, inputs.Orders, it.Samples, g, to.Scores, to.Temperatures),
            (p, k) => [.. Part(it.Orders, k).Chunk(n).Select(p.CrossEntropy)], null, (shape, _) => !shape.IsAllSettled(0, n));
        foreach (var logarithm in new[] { false, true })
            yield return new(logarithm ? "log P" : "P", n * n,
                (y, _) => Done(() => operators.Matrix(Matrix(y, n), logarithm)),
                operators.HasMatrix ? (_, g, to) => operators.MatrixGradient(Matrix(g, n), logarithm, to.Scores, to.Temperatures) : null,
                (p, _) => p.Matrix(logarithm), null, (shape, _) => !shape.IsAllSettled(0, n));
        if (operators.KnowsSortedScores)
            yield return new("P s", n,
                (y, _) => Done(() => operators.SortScores(Matrix(inputs.Scores, 1), Matrix(y, 1))),
                (_, g, to) => operators.SortScoresGradient(Matrix(g, 1), to.Scores, to.Temperatures),
                (p, _) => p.Sorted(), null, (shape, _) => !shape.IsAllSettled(0, n));

        ItemMatrix<T> Matrix(Buffer<T> data, int columns) => new(data, n, columns);

        TEntry[] Part<TEntry>(TEntry[] all, int sequence) => all[(all.Length / it.Sequences * sequence)..(all.Length / it.Sequences * (sequence + 1))];
    }

    private static IDisposable? Done(Action action)
    {
        action();
        return null;
    }
}

/// <summary>What a kernel reads.</summary>
internal sealed record SortInputs<T>(Buffer<T> Scores, Buffer<bool> Present, Buffer<T> Values, Buffer<int> Firsts, Buffer<long> Orders)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public static SortInputs<T> Of(SortCase it, TestMemory memory) => new(
        memory.Input<T>([.. it.Scores.Select(T.CreateChecked)]), memory.Input<bool>(it.Present), memory.Input<T>([.. it.Values.Select(T.CreateChecked)]),
        memory.Input<int>(it.Firsts), memory.Input<long>(it.Orders));
}
