using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Tests.Memory;

/// <summary>Ordinary arrays that stay where they are.</summary>
internal sealed unsafe class PinnedMemory : TestMemory
{
    private readonly List<Array> arrays = [];

    public override Buffer<T> Raw<T>(int length)
    {
        if (length == 0) return default;
        var array = GC.AllocateUninitializedArray<T>(length, pinned: true);
        arrays.Add(array);
        fixed (T* first = array) return new Buffer<T>(first, length);
    }

    public override void Dispose() => arrays.Clear();
}
