namespace SoftPerm.Training.IO;

/// <summary>The one way from what the file system refuses (disk full, permission, missing), and from what a damaged file holds, to an error for the user.</summary>
public static class FileGuard
{
    /// <summary>Works on a file or a folder.</summary>
    /// <param name="verb">What is being done, as in "write" or "create the run in".</param>
    /// <param name="path">What it is done to, as the user named it.</param>
    /// <param name="action">Does it.</param>
    /// <param name="temporary">What it is done to for a while instead, if anything: a name that no message shows.</param>
    /// <exception cref="UserErrorException">The file system refused; the message says what, where and why.</exception>
    public static void Run(string verb, string path, Action action, string? temporary = null) => Get(verb, path, () =>
    {
        action();
        return true;
    }, temporary);

    /// <inheritdoc cref="Run(string, string, Action, string)"/>
    /// <returns>What the action returns.</returns>
    public static T Get<T>(string verb, string path, Func<T> action, string? temporary = null)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw new UserErrorException($"Cannot {verb} '{path}': {e.Message.Replace(temporary ?? path, path, StringComparison.Ordinal)}", e);
        }
    }

    /// <summary>Reads a file that must exist and hold at least one byte.</summary>
    /// <param name="path">The file, as the user named it.</param>
    /// <param name="read">Reads it; an <see cref="InvalidDataException"/> from here becomes the reason in the message.</param>
    /// <exception cref="UserErrorException">The file is missing, a folder, empty, not readable, or its content is refused.</exception>
    public static T Read<T>(string path, Func<FileStream, T> read)
    {
        if (Directory.Exists(path)) throw new UserErrorException($"{path} is a folder; name a file in it.");
        if (!File.Exists(path)) throw new UserErrorException($"{path} does not exist (looked in {Directory.GetCurrentDirectory()}).");
        try
        {
            return Get("read", path, () =>
            {
                using var stream = File.OpenRead(path);
                if (!stream.CanSeek) throw new InvalidDataException("only a regular file can be read, not a pipe or a device.");
                if (stream.Length == 0) throw new InvalidDataException("the file is empty.");
                return read(stream);
            });
        }
        catch (InvalidDataException e)
        {
            throw new UserErrorException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>A piece of the user's text, short and printable, for a message.</summary>
    public static string Quote(ReadOnlySpan<char> text)
    {
        const int shown = 40;
        var cut = text.Length > shown ? string.Concat(text[..shown], "…") : text.ToString();
        return $"'{string.Concat(cut.Select(c => char.IsControl(c) ? '\uFFFD' : c))}'";
    }

    /// <summary>Whether an exception is the file system's refusal.</summary>
    internal static bool IsRefusal(Exception e) => e is IOException or UnauthorizedAccessException;
}
