using System.Text;

namespace SoftPerm.Experiments.Files;

/// <summary>Writes files that are either whole or not there: a reader never sees half of one.</summary>
/// <remarks>The bytes go to a temporary file in the same folder, are flushed to the disk, and take their name by a rename.
/// When anything fails, the temporary file is removed and a file of that name from before stays as it was.</remarks>
public static class AtomicFile
{
    /// <summary>Writes a file by way of a stream.</summary>
    /// <param name="path">Where the file shall be; its folder must exist. A symbolic link is followed.</param>
    /// <param name="write">Writes the content, from the first byte to the last.</param>
    /// <exception cref="IOException">The folder does not exist, the disk is full, or the path is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var target = Target(path);
        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    /// <summary>Writes a text file in UTF-8 without a byte-order mark.</summary>
    /// <inheritdoc cref="Write" path="/param[@name='path']|/exception"/>
    /// <param name="path">Where the file shall be.</param>
    /// <param name="text">The whole content.</param>
    public static void WriteAllText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static string Target(string path)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full)) throw new IOException($"{path} is a folder; a file cannot take its name.");
        return File.Exists(full) && File.ResolveLinkTarget(full, returnFinalTarget: true) is { } linked ? linked.FullName : full;
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // the failure that brought us here tells the user more than this one, and is on its way
        }
    }
}
