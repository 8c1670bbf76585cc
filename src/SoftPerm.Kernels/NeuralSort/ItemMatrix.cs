using System.Numerics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

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

    /// <summary>One column of a sequence.</summary>
    public ItemColumn<T> Column(int sequence, int column)
    {
        var numbers = Data.Span((long)sequence * Rows * Columns, Rows * Columns);
        return new ItemColumn<T>(ref numbers[column], Columns);
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
internal readonly ref struct ItemColumn<T>(ref T first, int stride)
{
    private readonly ref T first = ref first;
    private readonly int stride = stride;

    /// <summary>The number in one of the n rows.</summary>
    public ref T this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref first, (nint)row * stride);
    }
}
