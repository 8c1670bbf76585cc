using System.Runtime.CompilerServices;

namespace SoftPerm.Kernels.Numerics;

/// <summary>The caller's memory, of any length, in a form that other threads may use until the call returns.</summary>
/// <remarks>Every access, or the range it is taken from, is checked. The owner must keep the memory where it is.</remarks>
internal readonly unsafe struct Buffer<T>(T* pointer, long length)
    where T : unmanaged
{
    /// <summary>The number of entries; 0 stands for "not wanted" too.</summary>
    public long Length { get; } = length;

    public bool IsEmpty => Length == 0;

    public ref T this[long index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((ulong)index >= (ulong)Length) ThrowOutside(index, Length);
            return ref pointer[index];
        }
    }

    /// <summary>The first entry of a stretch of the memory, of any length.</summary>
    public ref T Range(long first, long count)
    {
        if (first < 0 || count < 0 || first + count > Length) ThrowOutside(first + count, Length);
        return ref pointer[first];
    }

    /// <summary>A stretch of the memory.</summary>
    public Span<T> Span(long first, int count)
    {
        if (first < 0 || count < 0 || first + count > Length) ThrowOutside(first + count, Length);
        return new Span<T>(pointer + first, count);
    }

    private static void ThrowOutside(long index, long length) =>
        throw new ArgumentOutOfRangeException(nameof(index), index, $"The index must be at least 0 and less than {length}.");
}
