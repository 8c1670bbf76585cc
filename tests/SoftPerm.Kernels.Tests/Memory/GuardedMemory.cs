using System.Collections.Concurrent;
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

    // Pages with their guards, by size: asking the system for them takes longer than most kernels.
    private static readonly ConcurrentDictionary<int, ConcurrentBag<nint>> Free = [];

    private readonly List<Mapping> mappings = [];
    private readonly List<(Mapping Mapping, byte[] Contents)> inputs = [];

    /// <summary>Guarded memory, or plain arrays on Windows, where there is no mmap.</summary>
    public static TestMemory OrPinned(bool guardAfter) => OperatingSystem.IsWindows() ? new PinnedMemory() : new GuardedMemory(guardAfter);

    public override Buffer<T> Raw<T>(int length)
    {
        if (length == 0) return default;
        var page = Environment.SystemPageSize;
        var bytes = length * sizeof(T);
        var size = (bytes + page - 1) / page * page;
        if (!Free.GetOrAdd(size, _ => []).TryTake(out var room)) room = MapRoom(size);
        var mapping = new Mapping(room, size, room + (guardAfter ? size - bytes : 0), bytes);
        Before(mapping).Fill(Slack);
        After(mapping).Fill(Slack);
        mappings.Add(mapping);
        return new Buffer<T>((T*)mapping.Data, length);
    }

    public override Buffer<T> Input<T>(ReadOnlySpan<T> contents)
    {
        var buffer = Of(contents);
        if (!buffer.IsEmpty) inputs.Add((mappings[^1], MemoryMarshal.AsBytes(contents).ToArray()));
        return buffer;
    }

    public override bool IsIntact() =>
        mappings.TrueForAll(m => Before(m).IndexOfAnyExcept(Slack) < 0 && After(m).IndexOfAnyExcept(Slack) < 0)
        && inputs.TrueForAll(input => new ReadOnlySpan<byte>((void*)input.Mapping.Data, input.Mapping.Bytes).SequenceEqual(input.Contents));

    public override void Dispose()
    {
        foreach (var mapping in mappings) Free[mapping.RoomBytes].Add(mapping.Room);
        mappings.Clear();
        inputs.Clear();
    }

    private static nint MapRoom(int size)
    {
        var page = Environment.SystemPageSize;
        var map = Map(0, (nuint)(size + 2 * page), ReadWrite, PrivateAnonymous, -1, 0);
        if (map == -1) throw new InvalidOperationException($"mmap failed: {Marshal.GetLastPInvokeError()}.");
        Guard(map, page);
        Guard(map + page + size, page);
        return map + page;
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

    /// <summary>A buffer: the pages that may be touched, and its bytes in them.</summary>
    private sealed record Mapping(nint Room, int RoomBytes, nint Data, int Bytes);
}
