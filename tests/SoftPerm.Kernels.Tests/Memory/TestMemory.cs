using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Tests.Memory;

/// <summary>Where a test keeps what it hands to a kernel, until disposed.</summary>
internal abstract class TestMemory : IDisposable
{
    /// <summary>What fresh buffers hold: nobody computes it, so an entry that a kernel forgets to write is seen.</summary>
    public const double Unwritten = -12345.5;

    /// <summary>A buffer of any contents; an empty one means "not wanted" to the kernels.</summary>
    public abstract Buffer<T> Raw<T>(int length)
        where T : unmanaged;

    public Buffer<T> Of<T>(ReadOnlySpan<T> contents)
        where T : unmanaged
    {
        var buffer = Raw<T>(contents.Length);
        contents.CopyTo(buffer.Span(0, contents.Length));
        return buffer;
    }

    public Buffer<T> Filled<T>(int length, T value)
        where T : unmanaged
    {
        var buffer = Raw<T>(length);
        buffer.Span(0, length).Fill(value);
        return buffer;
    }

    /// <summary>A buffer that kernels only read: <see cref="IsIntact"/> says whether they did.</summary>
    public virtual Buffer<T> Input<T>(ReadOnlySpan<T> contents)
        where T : unmanaged => Of(contents);

    /// <summary>Whether inputs, and what lies beside any buffer, are as they were; true where that is not looked at.</summary>
    public virtual bool IsIntact() => true;

    public abstract void Dispose();
}
