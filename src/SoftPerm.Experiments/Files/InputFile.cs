namespace SoftPerm.Experiments.Files;

/// <summary>Opens what the user named, and says in one sentence why it cannot be read.</summary>
internal static class InputFile
{
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
            using var stream = File.OpenRead(path);
            if (!stream.CanSeek) throw new InvalidDataException("only a regular file can be read, not a pipe or a device.");
            if (stream.Length == 0) throw new InvalidDataException("the file is empty.");
            return read(stream);
        }
        catch (InvalidDataException e)
        {
            throw new UserErrorException($"{path}: {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A piece of the user's text, short and printable, for a message.</summary>
    public static string Quote(ReadOnlySpan<char> text)
    {
        const int shown = 40;
        var cut = text.Length > shown ? string.Concat(text[..shown], "…") : text.ToString();
        return $"'{string.Concat(cut.Select(c => char.IsControl(c) ? '\uFFFD' : c))}'";
    }
}
