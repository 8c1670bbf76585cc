using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace SoftPerm.Interop;

/// <summary>Loads a native library from memory: no file is written, so there is no cache to go stale, to fill or to trust.</summary>
/// <remarks>
/// <para><b>Until.</b> <see cref="LibTorch"/> goes: nothing else needs it.</para>
/// </remarks>
internal static partial class MemoryLibrary
{
    private const uint CloseOnExec = 1; // MFD_CLOEXEC

    /// <summary>Loads a library for the life of the process; later loads by its own name (SONAME) find it.</summary>
    /// <param name="name">A name for memory maps and debuggers.</param>
    /// <param name="library">The whole file.</param>
    /// <exception cref="IOException">The system gives no memory file.</exception>
    /// <exception cref="DllNotFoundException">The system refuses the library; the message says why.</exception>
    [SupportedOSPlatform("linux")]
    public static void Load(string name, ReadOnlySpan<byte> library)
    {
        var descriptor = CreateMemoryFile(name, CloseOnExec);
        if (descriptor < 0) throw new IOException($"Cannot hold {name} in memory: {Marshal.GetLastPInvokeErrorMessage()}.");
        // Never closed: the linker knows the library by this path, and a reused descriptor number would give it to another.
        using (var handle = new SafeFileHandle(descriptor, ownsHandle: false)) RandomAccess.Write(handle, library, fileOffset: 0);
        NativeLibrary.Load($"/proc/self/fd/{descriptor}");
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
