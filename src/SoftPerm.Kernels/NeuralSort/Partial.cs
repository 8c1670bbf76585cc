using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.NeuralSort;

/// <summary>The last, incomplete vector of a stretch.</summary>
internal static class Partial<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>Stores the first lanes only.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TVector value, ref double target, nint offset, int lanes)
    {
        if (lanes >= TSimd.Lanes) TSimd.Store(value, ref target, offset);
        else StoreLanes(value, ref target, offset, lanes);
    }

    private static void StoreLanes(TVector value, ref double target, nint offset, int lanes)
    {
        Span<double> entries = stackalloc double[8];
        TSimd.Store(value, ref entries[0], 0);
        for (var lane = 0; lane < lanes; lane++) Unsafe.Add(ref target, offset + lane) = entries[lane];
    }
}
