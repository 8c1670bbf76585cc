namespace SoftPerm.Experiments.Files;

/// <summary>Reads arrays of numbers from the formats that other programs write: .json, .csv and .npy.</summary>
/// <remarks>
/// <para><b>.json</b>: a number, or lists of numbers nested to any depth up to 64, every row as long as its neighbours. Numbers
/// that are not finite are the strings "NaN", "Infinity", "-Infinity" or, as Python writes them, the same words bare.</para>
/// <para><b>.csv</b>: one row a line, numbers separated by commas, no heading; nan and inf in any case; blank lines are
/// skipped. A file is always a table [rows, columns] to <see cref="Read"/>; <see cref="ReadVector"/> reads a file of a single
/// column or a single row as a vector.</para>
/// <para><b>.npy</b>: NumPy's, of any number of axes; see <see cref="Npy"/>.</para>
/// </remarks>
public static class ArrayFile
{
    private static readonly IReadOnlyDictionary<string, Func<FileStream, NdArray>> Readers =
        new Dictionary<string, Func<FileStream, NdArray>>(StringComparer.OrdinalIgnoreCase)
        {
            [".json"] = stream => JsonArray.Parse(new StreamReader(stream).ReadToEnd()),
            [".csv"] = stream => CsvArray.Read(new StreamReader(stream)),
            [".npy"] = stream => Npy.Read(stream, stream.Length),
        };

    /// <summary>Reads an array; a CSV file is a table [rows, columns].</summary>
    /// <param name="path">The file; its ending tells its format.</param>
    /// <exception cref="UserErrorException">The file is missing, empty, a folder, of another ending, or damaged.</exception>
    public static NdArray Read(string path)
    {
        var extension = Path.GetExtension(path);
        if (!Readers.TryGetValue(extension, out var reader))
            throw new UserErrorException($"{path} ends in '{extension}'; allowed are {string.Join(", ", Readers.Keys)}.");
        return InputFile.Read(path, reader);
    }

    /// <summary>Reads an array; a CSV file of one column or one row is a vector, any other the table [rows, columns].</summary>
    /// <inheritdoc cref="Read"/>
    public static NdArray ReadVector(string path)
    {
        var array = Read(path);
        var isTable = Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase);
        return isTable && array.Shape.Contains(1) ? array.Reshaped(array.Data.Length) : array;
    }
}
