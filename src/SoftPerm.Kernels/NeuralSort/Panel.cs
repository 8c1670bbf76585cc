using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>Columns of doubles by place, each with room on both sides for vectors that reach over the ends.</summary>
/// <param name="Array">Holds the columns.</param>
/// <param name="Start">Where place 0 of column 0 lies.</param>
/// <param name="Stride">From one column to the next.</param>
/// <param name="Columns">How many.</param>
internal readonly record struct Panel(double[] Array, int Start, int Stride, int Columns)
{
    /// <summary>Entries on each side of a column that may be read and written: one vector of the widest kind.</summary>
    public const int Margin = SortedItems.Margin;

    /// <summary>Place 0 of one column.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref double Column(int column) =>
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Array), Start + column * Stride);

    /// <summary>Entries of one column.</summary>
    /// <param name="column">Which column.</param>
    /// <param name="first">The first place, or a place of the margin.</param>
    /// <param name="end">The place behind the last.</param>
    public Span<double> Span(int column, int first, int end) => Array.AsSpan(Start + column * Stride + first, end - first);

    /// <summary>Some of the columns.</summary>
    public Panel Slice(int first, int count) => this with { Start = Start + first * Stride, Columns = count };

    /// <summary>The same columns from a later entry on.</summary>
    public Panel From(int entry) => this with { Start = Start + entry };
}
