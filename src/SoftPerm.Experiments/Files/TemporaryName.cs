namespace SoftPerm.Experiments.Files;

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
