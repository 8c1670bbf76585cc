using System.Security.Cryptography;

namespace SoftPerm.Experiments.Datasets;

/// <summary>Whole files of a data set.</summary>
internal static class DataFile
{
    /// <summary>Reads a file, turning what the system reports into a user's error.</summary>
    public static byte[] Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The MD5 checksum the data sets are published with.</summary>
    public static string Md5(ReadOnlySpan<byte> bytes)
    {
#pragma warning disable CA5351 // a published checksum against damage, not a defence
        return Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351
    }
}
