using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.SortingNetworks;

/// <summary>The way of values through a network whose comparators are settled, some columns side by side.</summary>
internal abstract class ValuePass
{
    /// <summary>For one column.</summary>
    private static readonly ValuePass Single = new ValuePass<Simd64, double>();

    /// <summary>For several.</summary>
    private static readonly ValuePass Wide = SimdWidths.InUse switch
    {
        SimdWidth.Scalar => Single,
        SimdWidth.Vector128 => new ValuePass<Simd128, Vector128<double>>(),
        SimdWidth.Vector256 => new ValuePass<Simd256, Vector256<double>>(),
        _ => new ValuePass<Simd512, Vector512<double>>(),
    };

    /// <summary>The columns side by side: entry k of wire i is at <c>i · Lanes + k</c>.</summary>
    public abstract int Lanes { get; }

    /// <summary>The best for a number of columns.</summary>
    public static ValuePass For(int columns) => columns == 1 ? Single : Wide;

    /// <summary>Takes values through the network, in place.</summary>
    /// <param name="tape">What the comparators do.</param>
    /// <param name="values">By wire.</param>
    /// <param name="differences">Receives what the two values of each comparator differ by; may be empty.</param>
    public abstract void Forward(NetworkTape tape, Span<double> values, Span<double> differences);

    /// <summary>Takes values back through the network, in place: the transpose of <see cref="Forward"/>.</summary>
    /// <param name="tape">What the comparators do.</param>
    /// <param name="values">By wire.</param>
    /// <param name="differences">What <see cref="Forward"/> left; empty if no gradient is wanted.</param>
    /// <param name="mixing">Receives the gradient on each α, added.</param>
    public abstract void Backward(NetworkTape tape, Span<double> values, ReadOnlySpan<double> differences, Span<double> mixing);
}

/// <summary>The way of values through a network, in vectors of some width.</summary>
internal sealed class ValuePass<TSimd, TVector> : ValuePass
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    public override int Lanes => TSimd.Lanes;

    public override void Forward(NetworkTape tape, Span<double> values, Span<double> differences)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        ref var difference = ref MemoryMarshal.GetReference(differences);
        var keepsDifferences = !differences.IsEmpty;
        for (var c = 0; c < tape.Keep.Length; c++)
        {
            nint upper = (nint)tape.Wires[2 * c] * TSimd.Lanes, lower = (nint)tape.Wires[2 * c + 1] * TSimd.Lanes;
            TVector a = TSimd.Load(in first, upper), b = TSimd.Load(in first, lower);
            if (keepsDifferences) TSimd.Store(TSimd.Subtract(a, b), ref difference, (nint)c * TSimd.Lanes);
            Mix(tape, c, a, b, ref first, upper, lower);
        }
    }

    public override void Backward(NetworkTape tape, Span<double> values, ReadOnlySpan<double> differences, Span<double> mixing)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        ref var difference = ref MemoryMarshal.GetReference(differences);
        var hasDifferences = !differences.IsEmpty;
        for (var c = tape.Keep.Length - 1; c >= 0; c--)
        {
            nint upper = (nint)tape.Wires[2 * c] * TSimd.Lanes, lower = (nint)tape.Wires[2 * c + 1] * TSimd.Lanes;
            TVector a = TSimd.Load(in first, upper), b = TSimd.Load(in first, lower);
            if (hasDifferences) mixing[c] += TSimd.Sum(TSimd.Multiply(TSimd.Subtract(a, b), TSimd.Load(in difference, (nint)c * TSimd.Lanes)));
            Mix(tape, c, a, b, ref first, upper, lower);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(NetworkTape tape, int comparator, TVector a, TVector b, ref double first, nint upper, nint lower)
    {
        TVector keep = TSimd.Broadcast(tape.Keep[comparator]), give = TSimd.Broadcast(tape.Give[comparator]);
        TSimd.Store(TSimd.MultiplyAdd(keep, a, TSimd.Multiply(give, b)), ref first, upper);
        TSimd.Store(TSimd.MultiplyAdd(give, a, TSimd.Multiply(keep, b)), ref first, lower);
    }
}
