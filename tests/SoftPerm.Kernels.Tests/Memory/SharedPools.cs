using System.Buffers;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.Tests.Memory;

/// <summary>The pools that kernels take scratch from.</summary>
internal static class SharedPools
{
    /// <summary>Leaves NaN and other nonsense in the arrays that this thread is lent next, so that scratch read before it is written shows.</summary>
    public static void Soil(int longest)
    {
        const double nan = double.NaN;
        Fill(longest, nan);
        Fill(longest, new DoubleDouble(nan, nan));
        Fill(longest, new SingleEntry(0xdead_beef_7000_0000));
        Fill(longest, new DoubleEntry(0xdead_beef_7000_0000, int.MinValue / 2));
        Fill(longest, int.MinValue / 2);
        Fill(longest, new Stretch(int.MinValue / 2, int.MaxValue / 2));
        Fill(longest, new SequenceShape(-7, 1 << 20, 1 << 21, true));
    }

    private static void Fill<T>(int longest, T value)
    {
        for (var length = 16; length <= longest; length *= 2)
        {
            var arrays = Enumerable.Range(0, 6).Select(_ => ArrayPool<T>.Shared.Rent(length)).ToArray();
            foreach (var array in arrays) array.AsSpan().Fill(value);
            foreach (var array in arrays) ArrayPool<T>.Shared.Return(array);
        }
    }
}
