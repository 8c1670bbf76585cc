namespace SoftPerm.Experiments.Runs;

/// <summary>Turns what the file system refuses (disk full, permission, missing) into an error for the user.</summary>
internal static class FileGuard
{
    /// <param name="verb">What is being done, as in "write" or "create the run in".</param>
    /// <param name="path">What it is done to.</param>
    /// <param name="action">Does it.</param>
    /// <param name="temporary">What it is done to for a while instead, if anything: a name that no message shows.</param>
    /// <exception cref="UserErrorException">The file system refused; the message says what, where and why.</exception>
    public static void Run(string verb, string path, Action action, string? temporary = null) => Run(verb, path, () =>
    {
        action();
        return true;
    }, temporary);

    /// <inheritdoc cref="Run(string, string, Action, string)"/>
    /// <returns>What the action returns.</returns>
    public static T Run<T>(string verb, string path, Func<T> action, string? temporary = null)
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

    public static bool IsRefusal(Exception e) => e is IOException or UnauthorizedAccessException;
}
