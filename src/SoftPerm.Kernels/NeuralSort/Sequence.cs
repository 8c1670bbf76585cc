using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>One sequence of sorted scores, as the transforms see it.</summary>
/// <param name="GapArray">Holds the gaps.</param>
/// <param name="Start">Where the gap below place 0 lies.</param>
/// <param name="Count">The places; the gaps below the last and above the first are as good as infinite.</param>
/// <param name="Tolerance">ε: what the totals may be off, relatively.</param>
/// <param name="Limits">How its rows are summed.</param>
internal readonly record struct Sequence(double[] GapArray, int Start, int Count, double Tolerance, RowLimits Limits)
{
    /// <summary>The distance beyond which all columns together hold less than ε of a row.</summary>
    public double Tail { get; } = Math.Log(Math.Max(1, Count) / Tolerance);

    /// <summary>The gap below each place over τ.</summary>
    public ref readonly double Gaps
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(GapArray), Start);
    }
}
