using System.Numerics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Sorting;

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
