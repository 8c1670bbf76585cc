using System.Buffers;

namespace SoftPerm.Kernels.Numerics;

/// <summary>An array lent by the shared pool until disposed; it may be longer than asked for, and holds anything at first.</summary>
/// <remarks>Dispose once. A copy that is disposed too would give the same array back twice.</remarks>
internal readonly struct ScratchArray<T> : IDisposable
    where T : struct
{
    public ScratchArray(long length)
    {
        if (length > System.Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(length), length, $"One batch may need at most {System.Array.MaxLength} entries of scratch; split it.");
        Length = (int)length;
        Array = ArrayPool<T>.Shared.Rent(Length);
    }

    public T[] Array { get; }

    public int Length { get; }

    public Span<T> Span => Array.AsSpan(0, Length);

    public void Dispose()
    {
        if (Array is not null) ArrayPool<T>.Shared.Return(Array);
    }
}
