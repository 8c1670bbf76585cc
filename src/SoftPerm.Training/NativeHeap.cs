using System.Runtime.InteropServices;

namespace SoftPerm.Training;

/// <summary>Settings of the C library's allocator for training.</summary>
public static partial class NativeHeap
{
    private const int TrimThreshold = -1, TopPad = -2, MapMaximum = -4; // M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX

    /// <summary>
    /// Keeps freed activations for the next step. By default glibc maps every large block afresh and returns it to the system
    /// when freed, at the cost of a page fault for every 4 KiB of every activation of every step.
    /// </summary>
    public static void KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = SetOption(MapMaximum, 0);
            _ = SetOption(TrimThreshold, int.MaxValue);
            _ = SetOption(TopPad, 256 << 20);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library (musl): there is nothing to set.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}
