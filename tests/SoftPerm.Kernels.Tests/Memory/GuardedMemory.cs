using System.Runtime.InteropServices;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Tests.Memory;

/// <summary>Buffers that lie against a page nobody may touch: a read or write beyond that end kills the process.</summary>
/// <remarks>On the other side, up to the start or the end of its page, lie bytes that are looked at in the end.</remarks>
internal sealed unsafe partial class GuardedMemory(bool guardAfter) : TestMemory
{
    private const int NoAccess = 0, ReadWrite = 3;
    private const byte Slack = 0xA5;

    private static readonly int PrivateAnonymous = OperatingSystem.IsMacOS() ? 0x1002 : 0x22;

    private readonly List<Mapping> mappings = [];

    public override Buffer<T> Raw<T>(int length)
    {
        if (length == 0) return default;
        var page = Environment.SystemPageSize;
        var bytes = length * sizeof(T);
        var room = (bytes + page - 1) / page * page;
        var map = Map(0, (nuint)(room + 2 * page), ReadWrite, PrivateAnonymous, -1, 0);
        if (map == -1) throw new InvalidOperationException($"mmap failed: {Marshal.GetLastPInvokeError()}.");
        Guard(map, page);
        Guard(map + page + room, page);
        var mapping = new Mapping(map, room + 2 * page, map + page, room, map + page + (guardAfter ? room - bytes : 0), bytes);
        new Span<byte>((void*)mapping.Room, room).Fill(Slack);
        mappings.Add(mapping);
        return new Buffer<T>((T*)mapping.Data, length);
    }

    /// <summary>Whether the bytes beside every buffer are as they were.</summary>
    public bool IsSlackIntact() => mappings.TrueForAll(m =>
        Before(m).IndexOfAnyExcept(Slack) < 0 && After(m).IndexOfAnyExcept(Slack) < 0);

    public override void Dispose()
    {
        foreach (var mapping in mappings) _ = Unmap(mapping.Start, (nuint)mapping.Length);
        mappings.Clear();
    }

    private static Span<byte> Before(Mapping m) => new((void*)m.Room, (int)(m.Data - m.Room));

    private static Span<byte> After(Mapping m) => new((void*)(m.Data + m.Bytes), (int)(m.Room + m.RoomBytes - m.Data - m.Bytes));

    private static void Guard(nint address, int length)
    {
        if (Protect(address, (nuint)length, NoAccess) != 0) throw new InvalidOperationException($"mprotect failed: {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);

    private sealed record Mapping(nint Start, int Length, nint Room, int RoomBytes, nint Data, int Bytes);
}
