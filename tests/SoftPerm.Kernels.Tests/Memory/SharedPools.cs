using System.Buffers;

namespace SoftPerm.Kernels.Tests.Memory;

/// <summary>The pools that kernels take scratch from.</summary>
internal static class SharedPools
{
    /// <summary>Leaves NaN in the arrays that this thread is lent next, so that scratch read before it is written shows.</summary>
    public static void Soil(int longest)
    {
        for (var length = 16; length <= longest; length *= 2)
        {
            var doubles = Enumerable.Range(0, 6).Select(_ => ArrayPool<double>.Shared.Rent(length)).ToArray();
            foreach (var array in doubles) array.AsSpan().Fill(double.NaN);
            foreach (var array in doubles) ArrayPool<double>.Shared.Return(array);
            var integers = Enumerable.Range(0, 6).Select(_ => ArrayPool<int>.Shared.Rent(length)).ToArray();
            foreach (var array in integers) array.AsSpan().Fill(int.MinValue / 2);
            foreach (var array in integers) ArrayPool<int>.Shared.Return(array);
        }
    }
}
