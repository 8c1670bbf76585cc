using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SoftPerm.Training.IO;

/// <summary>What stands before the numbers of a .npy file: their type, their order and their shape.</summary>
internal sealed partial record NpyHeader(string Descriptor, bool FortranOrder, long[] Shape)
{
    private const int MaximumLength = 1 << 20;
    private const int Alignment = 64;
    internal static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads the header, versions 1 to 3, and leaves the stream at the first number.</summary>
    /// <param name="stream">The file from its first byte.</param>
    /// <param name="length">The number of bytes of the file.</param>
    /// <param name="headerBytes">How many of them the header took.</param>
    /// <exception cref="InvalidDataException">This is no .npy file, or its header is damaged.</exception>
    public static NpyHeader Read(Stream stream, long length, out long headerBytes)
    {
        Span<byte> preamble = stackalloc byte[12];
        var start = preamble[..(int)Math.Min(10, length)];
        stream.ReadExactly(start);
        if (start.Length < 10 || !start.StartsWith(Magic)) throw new InvalidDataException("this is no .npy file: it does not begin with the bytes 93 4E 55 4D 50 59 (\\x93NUMPY).");
        var version = start[6];
        if (version is < 1 or > 3) throw new InvalidDataException($".npy version {version}.{start[7]} is not known; allowed are 1, 2 and 3.");
        var prefix = version == 1 ? 10 : 12;
        if (length < prefix) throw Truncated(length, prefix);
        stream.ReadExactly(preamble[10..prefix]);
        var text = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(preamble[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(preamble[8..]);
        if (text > MaximumLength) throw new InvalidDataException($"the header claims {text} bytes; at most {MaximumLength} are allowed.");
        headerBytes = prefix + text;
        if (length < headerBytes) throw Truncated(length, headerBytes);
        var bytes = new byte[text];
        stream.ReadExactly(bytes);
        return Parse((version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes));
    }

    /// <summary>Writes the header as version 1, padded so that the numbers begin at a multiple of 64 bytes.</summary>
    public void Write(Stream stream)
    {
        var shape = Shape.Length == 1 ? $"({Shape[0]},)" : $"({string.Join(", ", Shape)})";
        var text = $"{{'descr': '{Descriptor}', 'fortran_order': {(FortranOrder ? "True" : "False")}, 'shape': {shape}, }}";
        var unpadded = Magic.Length + 4 + text.Length + 1;
        var padded = text + new string(' ', (Alignment - unpadded % Alignment) % Alignment) + '\n';
        Span<byte> prefix = [.. Magic, 1, 0, (byte)padded.Length, (byte)(padded.Length >> 8)];
        stream.Write(prefix);
        stream.Write(Encoding.ASCII.GetBytes(padded));
    }

    private static NpyHeader Parse(string text)
    {
        var descriptor = DescriptorKey().Match(text);
        var order = OrderKey().Match(text);
        var shape = ShapeKey().Match(text);
        if (!order.Success || !shape.Success || !text.Contains("'descr'", StringComparison.Ordinal))
            throw new InvalidDataException($"the header lacks 'descr', 'fortran_order' or 'shape'; it reads {FileGuard.Quote(text.Trim())}.");
        if (!descriptor.Success) throw new InvalidDataException("the elements are records of several fields; allowed are plain numbers.");
        var lengths = shape.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new NpyHeader(descriptor.Groups[1].Value, order.Groups[1].Value == "True", [.. lengths.Select(Axis)]);
    }

    private static long Axis(string word) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : throw new InvalidDataException($"the shape has an axis of length {FileGuard.Quote(word)}; allowed are whole numbers from 0 to {long.MaxValue}.");

    private static InvalidDataException Truncated(long length, long needed) =>
        new($"the file is cut off within its header: {length} bytes, where at least {needed} are needed.");

    [GeneratedRegex(@"'descr'\s*:\s*'([^']*)'")]
    private static partial Regex DescriptorKey();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)\b")]
    private static partial Regex OrderKey();

    [GeneratedRegex(@"'shape'\s*:\s*\(([^)]*)\)")]
    private static partial Regex ShapeKey();
}
