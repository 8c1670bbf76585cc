using System.Text;

namespace SoftPerm.Training.IO;

/// <summary>Writes a file whole or not at all: readers, and the next start after a crash, never meet half of one.</summary>
/// <remarks>
/// The bytes go to a temporary file in the same folder, to the disk, and only then under the file's name. A failure removes
/// the temporary file and leaves what was there before; a killed process may leave a file named <c>.name.random.partial</c>.
/// </remarks>
public static class AtomicFile
{
    /// <summary>The end of the name of every temporary file.</summary>
    internal const string PartialSuffix = ".partial";

    /// <summary>Writes or replaces a file.</summary>
    /// <param name="path">The file; its folder exists. A symbolic link stays one: the file it leads to is replaced.</param>
    /// <param name="write">Writes the content and leaves the stream open.</param>
    /// <exception cref="IOException">The disk is full, the folder is missing, or the path is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var target = Target(path);
        var folder = Path.GetDirectoryName(target)!;
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException(File.Exists(folder) ? $"{folder} is a file, not a folder." : $"the folder {folder} does not exist.");
        var partial = Path.Join(folder, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}{PartialSuffix}");
        try
        {
            WriteAndMove(partial, target, write);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && e.Message.Contains(partial, StringComparison.Ordinal))
        {
            throw TemporaryName.Replaced(e, partial, path);
        }

        DiskFlush.Directory(folder);
    }

    private static void WriteAndMove(string partial, string target, Action<Stream> write)
    {
        var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        try
        {
            using (stream)
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, target, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Writes or replaces a text file in UTF-8 without a byte-order mark.</summary>
    /// <inheritdoc cref="Write" path="/exception"/>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="text">The whole content, written as it is.</param>
    public static void WriteAllText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static string Target(string path)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full)) throw new IOException($"{path} is a folder; a file cannot take its name.");
        return File.Exists(full) && File.ResolveLinkTarget(full, returnFinalTarget: true) is { } linked ? linked.FullName : full;
    }
}

/// <summary>Keeps the names of temporary files out of what the user reads: they mean nothing to whoever named another.</summary>
internal static class TemporaryName
{
    /// <summary>A refusal of the file system with the user's name where its message has a temporary one.</summary>
    /// <param name="refusal">An <see cref="IOException"/> or an <see cref="UnauthorizedAccessException"/>; the new one is of the same of the two.</param>
    /// <param name="temporary">The name that is in the message, perhaps.</param>
    /// <param name="name">What the user named.</param>
    public static Exception Replaced(Exception refusal, string temporary, string name)
    {
        var message = refusal.Message.Replace(temporary, name, StringComparison.Ordinal);
        return refusal is UnauthorizedAccessException ? new UnauthorizedAccessException(message, refusal) : new IOException(message, refusal);
    }
}
