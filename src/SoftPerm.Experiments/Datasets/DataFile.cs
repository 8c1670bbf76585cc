using System.Security.Cryptography;

namespace SoftPerm.Experiments.Datasets;

/// <summary>Whole files of a data set.</summary>
internal static class DataFile
{
    /// <summary>Reads a file, turning what the system reports into a user's error.</summary>
    public static byte[] Read(string path) => Guarded(path, "read", () => File.ReadAllBytes(path));

#pragma warning disable CA5351 // a published checksum against damage, not a defence
    /// <summary>The MD5 checksum the data sets are published with.</summary>
    public static string Md5(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    /// <summary>The MD5 checksum of a file that may be too large for the memory.</summary>
    public static string Md5OfFile(string path) => Guarded(path, "read", () =>
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(MD5.HashData(file));
    });
#pragma warning restore CA5351

    /// <summary>Works on a file or folder, turning what the system reports into a user's error.</summary>
    /// <param name="path">The file or folder, for the message.</param>
    /// <param name="done">What is done to it, such as "read" or "written".</param>
    /// <param name="work">The work.</param>
    /// <param name="temporary">The name that the file has until it is whole, if the work is on that.</param>
    public static void Guarded(string path, string done, Action work, string? temporary = null) => Guarded(path, done, () =>
    {
        work();
        return true;
    }, temporary);

    /// <inheritdoc cref="Guarded(string, string, Action, string)"/>
    public static T Guarded<T>(string path, string done, Func<T> work, string? temporary = null)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path} cannot be {done}: {e.Message.Replace(temporary ?? path, path, StringComparison.Ordinal)}", e);
        }
    }
}
