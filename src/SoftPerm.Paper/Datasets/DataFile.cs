using System.Security.Cryptography;
using SoftPerm.Training.IO;

namespace SoftPerm.Paper.Datasets;

/// <summary>Whole files of a data set.</summary>
internal static class DataFile
{
    /// <summary>Reads a file, turning what the system reports into a user's error.</summary>
    public static byte[] Read(string path) => FileGuard.Get("read", path, () => File.ReadAllBytes(path));

#pragma warning disable CA5351 // a published checksum against damage, not a defence
    /// <summary>The MD5 checksum the data sets are published with.</summary>
    public static string Md5(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));

    /// <summary>The MD5 checksum of a file that may be too large for the memory.</summary>
    public static string Md5OfFile(string path) => FileGuard.Get("read", path, () =>
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(MD5.HashData(file));
    });
#pragma warning restore CA5351
}
