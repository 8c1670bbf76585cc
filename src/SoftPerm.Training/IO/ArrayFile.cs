namespace SoftPerm.Training.IO;

/// <summary>Reads arrays of numbers from the formats that other programs write: .json, .csv and .npy.</summary>
/// <remarks>
/// <para><b>.json</b>: a number, or lists of numbers nested to any depth up to 64, every row as long as its neighbours. Numbers
/// that are not finite are the strings "NaN", "Infinity", "-Infinity" or, as Python writes them, the same words bare.</para>
/// <para><b>.csv</b>: one row a line, numbers separated by commas; nan and inf in any case; blank lines are skipped, and so is a first
/// line of names. A file is always a table [rows, columns] to <see cref="Read(string)"/>; <see cref="ReadVector"/> reads a file of a single
/// column or a single row as a vector.</para>
/// <para><b>.npy</b>: NumPy's, of any number of axes; see <see cref="Npy"/>.</para>
/// <para>The path <see cref="StandardInput"/> stands for the standard input, where the content tells the format.</para>
/// </remarks>
/// <param name="standardInput">Opens the standard input.</param>
public sealed class ArrayFile(Func<Stream> standardInput)
{
    /// <summary>The path that stands for the standard input.</summary>
    public const string StandardInput = "-";

    private const string Json = ".json", Csv = ".csv", NumPy = ".npy";
    private static readonly string[] Endings = [Json, Csv, NumPy];

    /// <summary>Reads an array; a CSV file is a table [rows, columns].</summary>
    /// <param name="path">The file; its ending tells its format.</param>
    /// <exception cref="UserErrorException">The file is missing, empty, a folder, of another ending, or damaged.</exception>
    public NdArray Read(string path) => Read(path, booleans: false, asVector: false);

    /// <summary>Reads an array; a CSV file of one column or one row is a vector, any other the table [rows, columns].</summary>
    /// <inheritdoc cref="Read(string)"/>
    public NdArray ReadVector(string path) => Read(path, booleans: false, asVector: true);

    /// <summary>Reads an array of truth values as 1 and 0: true and false, or those numbers; a CSV file as <see cref="ReadVector"/>.</summary>
    /// <inheritdoc cref="Read(string)"/>
    public NdArray ReadMask(string path)
    {
        var array = Read(path, booleans: true, asVector: true);
        foreach (var number in array.Data)
            if (number is not (0 or 1)) throw new UserErrorException(FormattableString.Invariant($"{path} holds {number}; allowed in a mask are 1 (or true) for what is there and 0 (or false) for what is not."));
        return array;
    }

    private NdArray Read(string path, bool booleans, bool asVector)
    {
        var (format, array) = path == StandardInput ? ReadInput(booleans) : ReadFile(path, booleans);
        return asVector && format == Csv && array.Shape.Contains(1) ? array.Reshaped(array.Data.Length) : array;
    }

    private static (string Format, NdArray Array) ReadFile(string path, bool booleans)
    {
        if (Directory.Exists(path)) throw new UserErrorException($"{path} is a folder; name a file in it, ending in {string.Join(", ", Endings)}.");
        var ending = Path.GetExtension(path);
        var format = Endings.FirstOrDefault(known => known.Equals(ending, StringComparison.OrdinalIgnoreCase))
            ?? throw new UserErrorException($"{path} ends in '{ending}'; allowed are {string.Join(", ", Endings)}.");
        return (format, FileGuard.Read(path, stream => Parse(format, stream, booleans)));
    }

    private (string Format, NdArray Array) ReadInput(bool booleans)
    {
        const string name = "the standard input";
        using var content = new MemoryStream();
        using (var input = standardInput()) input.CopyTo(content);
        if (content.Length == 0) throw new UserErrorException($"{name} is empty.");
        var format = FormatOf(content.GetBuffer().AsSpan(0, (int)content.Length));
        content.Position = 0;
        try
        {
            return (format, Parse(format, content, booleans));
        }
        catch (InvalidDataException e)
        {
            throw new UserErrorException($"{name}, read as {format[1..]}: {e.Message}", e);
        }
    }

    /// <summary>A list begins JSON, and NumPy's bytes are its own; anything else is CSV, a single number too.</summary>
    private static string FormatOf(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith(NpyHeader.Magic)) return NumPy;
        ReadOnlySpan<byte> skipped = [0xEF, 0xBB, 0xBF, (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n']; // a byte-order mark, and white space
        return MemoryExtensions.TrimStart(content, skipped).StartsWith("["u8) ? Json : Csv;
    }

    private static NdArray Parse(string format, Stream stream, bool booleans) => format switch
    {
        Json => JsonArray.Parse(new StreamReader(stream).ReadToEnd(), booleans),
        Csv => CsvArray.Read(new StreamReader(stream), booleans),
        _ => Npy.Read(stream, stream.Length),
    };
}
