using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace SoftPerm.Training.IO;

/// <summary>Waits until what was written is on the disk, so that it survives a power cut and not only a killed process.</summary>
/// <remarks>
/// .NET flushes files but opens no folders, and on Unix a new or renamed file is only as lasting as its folder. So the folder
/// is opened with libc here; the flush itself is .NET's, which passes over file systems that cannot do it. Windows keeps its
/// folders by itself.
/// </remarks>
internal static partial class DiskFlush
{
    private const int ReadOnly = 0; // O_RDONLY, the same on every Unix

    /// <summary>Flushes every file and folder under a folder, and the folder itself.</summary>
    public static void Tree(string folder)
    {
        foreach (var file in System.IO.Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }

        foreach (var inner in System.IO.Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories)) Directory(inner);
        Directory(folder);
    }

    /// <summary>Flushes the list of names in a folder: files created, renamed or deleted there.</summary>
    public static void Directory(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        using var handle = new SafeFileHandle(Open(folder, ReadOnly), ownsHandle: true);
        if (handle.IsInvalid) throw new IOException($"Cannot flush the folder '{folder}': {Marshal.GetLastPInvokeErrorMessage()}.");
        RandomAccess.FlushToDisk(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
