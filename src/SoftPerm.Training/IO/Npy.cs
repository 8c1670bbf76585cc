using System.Buffers.Binary;
using static TorchSharp.torch;

namespace SoftPerm.Training.IO;

/// <summary>NumPy's format for one array, .npy.</summary>
/// <remarks>Read: versions 1 to 3, any number of axes, C or Fortran order, float16 to float64, int8 to int64 and uint8 to uint64 of either
/// byte order, and bool. Numbers keep their values: an integer that float64 does not have is refused. Written: version 1, C order,
/// little-endian, float32, float64, int32, int64, uint8 and bool.</remarks>
public static class Npy
{
    private const int BufferElements = 8192;

    private delegate double Element(ReadOnlySpan<byte> bytes);

    private const string Allowed = "allowed are float16, float32, float64, int8 to int64, uint8 to uint64 and bool";

    private static readonly Dictionary<string, (int Bytes, Element Decode)> Elements = new()
    {
        ["<f2"] = (2, static b => (double)BinaryPrimitives.ReadHalfLittleEndian(b)),
        [">f2"] = (2, static b => (double)BinaryPrimitives.ReadHalfBigEndian(b)),
        ["<f4"] = (4, static b => BinaryPrimitives.ReadSingleLittleEndian(b)),
        [">f4"] = (4, static b => BinaryPrimitives.ReadSingleBigEndian(b)),
        ["<f8"] = (8, static b => BinaryPrimitives.ReadDoubleLittleEndian(b)),
        [">f8"] = (8, static b => BinaryPrimitives.ReadDoubleBigEndian(b)),
        ["|i1"] = (1, static b => (sbyte)b[0]),
        ["<i2"] = (2, static b => BinaryPrimitives.ReadInt16LittleEndian(b)),
        [">i2"] = (2, static b => BinaryPrimitives.ReadInt16BigEndian(b)),
        ["<i4"] = (4, static b => BinaryPrimitives.ReadInt32LittleEndian(b)),
        [">i4"] = (4, static b => BinaryPrimitives.ReadInt32BigEndian(b)),
        ["<i8"] = (8, static b => Exact(BinaryPrimitives.ReadInt64LittleEndian(b))),
        [">i8"] = (8, static b => Exact(BinaryPrimitives.ReadInt64BigEndian(b))),
        ["|u1"] = (1, static b => b[0]),
        ["<u2"] = (2, static b => BinaryPrimitives.ReadUInt16LittleEndian(b)),
        [">u2"] = (2, static b => BinaryPrimitives.ReadUInt16BigEndian(b)),
        ["<u4"] = (4, static b => BinaryPrimitives.ReadUInt32LittleEndian(b)),
        [">u4"] = (4, static b => BinaryPrimitives.ReadUInt32BigEndian(b)),
        ["<u8"] = (8, static b => Exact(BinaryPrimitives.ReadUInt64LittleEndian(b))),
        [">u8"] = (8, static b => Exact(BinaryPrimitives.ReadUInt64BigEndian(b))),
        ["|b1"] = (1, static b => b[0] == 0 ? 0 : 1),
    };

    /// <summary>Reads an array.</summary>
    /// <param name="stream">The file from its first byte.</param>
    /// <param name="length">The number of bytes of the file, which must be what the header says.</param>
    /// <exception cref="InvalidDataException">The header is damaged, the element type is another, or bytes are missing or too many.</exception>
    public static NdArray Read(Stream stream, long length)
    {
        var header = NpyHeader.Read(stream, length, out var headerBytes);
        if (!Elements.TryGetValue(header.Descriptor, out var element))
            throw new InvalidDataException($"the element type is {FileGuard.Quote(header.Descriptor)}{NameOf(header.Descriptor)}; {Allowed}.");
        if (NdArray.Count(header.Shape) is not { } count)
            throw new InvalidDataException($"the shape {NdArray.Text(header.Shape)} has more than {Array.MaxLength} elements, the most that can be read.");
        var (found, needed) = (length - headerBytes, count * element.Bytes);
        if (found != needed)
            throw new InvalidDataException($"the file is {(found < needed ? "cut off" : "too long")}: shape {NdArray.Text(header.Shape)} of {header.Descriptor} takes {needed} bytes after the header, and there are {found}.");
        var data = Decode(stream, (int)count, element.Bytes, element.Decode);
        return new NdArray(header.FortranOrder ? RowMajor(data, header.Shape) : data, header.Shape);
    }

    /// <summary>Writes a tensor of float32, float64, int32, int64, bool or uint8, wherever it lies.</summary>
    /// <exception cref="ArgumentException">The tensor has another element type.</exception>
    public static void Write(Stream stream, Tensor tensor)
    {
        var descriptor = tensor.dtype switch
        {
            ScalarType.Float32 => "<f4",
            ScalarType.Float64 => "<f8",
            ScalarType.Int32 => "<i4",
            ScalarType.Int64 => "<i8",
            ScalarType.Bool => "|b1",
            ScalarType.Byte => "|u1",
            var other => throw new ArgumentException($"tensor has element type {other}; allowed are float32, float64, int32, int64, bool and uint8.", nameof(tensor)),
        };
        new NpyHeader(descriptor, FortranOrder: false, tensor.shape).Write(stream);
        TensorBytes.Write(stream, tensor);
    }

    /// <summary>What NumPy calls a type that is not read, behind its descriptor.</summary>
    private static string NameOf(string descriptor) => descriptor.TrimStart('<', '>', '|', '=') switch
    {
        "c8" => " (complex64)",
        "c16" => " (complex128)",
        "f12" or "f16" => " (longdouble)",
        ['U' or 'S', ..] => " (text)",
        ['O', ..] => " (objects)",
        ['M' or 'm', ..] => " (dates or times)",
        ['V', ..] => " (raw bytes)",
        _ => "",
    };

    private static double Exact(Int128 integer) => (Int128)(double)integer == integer
        ? (double)integer
        : throw new InvalidDataException($"{integer} has more digits than float64 keeps, and would be rounded; subtract an offset, or save the array as float64 if that is meant.");

    private static double[] Decode(Stream stream, int count, int elementBytes, Element decode)
    {
        var data = new double[count];
        var buffer = new byte[Math.Min(count, BufferElements) * elementBytes];
        for (var done = 0; done < count; done += BufferElements)
        {
            var block = buffer.AsSpan(0, Math.Min(BufferElements, count - done) * elementBytes);
            stream.ReadExactly(block);
            for (var i = 0; i < block.Length / elementBytes; i++) data[done + i] = decode(block[(i * elementBytes)..]);
        }

        return data;
    }

    // Walks the file's order, first axis fastest, and keeps the place in the order where the last axis is fastest.
    private static double[] RowMajor(double[] data, long[] shape)
    {
        var strides = new long[shape.Length];
        var step = 1L;
        for (var axis = shape.Length - 1; axis >= 0; axis--) (strides[axis], step) = (step, step * shape[axis]);
        var result = new double[data.Length];
        var index = new long[shape.Length];
        var place = 0L;
        foreach (var value in data)
        {
            result[place] = value;
            for (var axis = 0; axis < shape.Length; axis++)
            {
                place += strides[axis];
                if (++index[axis] < shape[axis]) break;
                place -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }

        return result;
    }
}
