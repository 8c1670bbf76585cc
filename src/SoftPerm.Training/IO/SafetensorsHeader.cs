using System.Buffers.Binary;
using System.Text.Json;
using TorchSharp;

namespace SoftPerm.Training.IO;

/// <summary>One tensor of a safetensors file: its type, shape and bytes [Begin, End) counted from the end of the header.</summary>
internal sealed record SafetensorsEntry(string Name, torch.ScalarType Type, long[] Shape, long Begin, long End);

/// <summary>What stands before the tensors of a safetensors file, read with every claim checked.</summary>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsEntry> Entries, IReadOnlyDictionary<string, string> Metadata, long Bytes)
{
    /// <summary>The key under which the format keeps text about the file.</summary>
    public const string MetadataKey = "__metadata__";

    private const long MaximumBytes = 100_000_000; // the limit of the format's own implementation

    /// <summary>The element types read and written, with the size of one element.</summary>
    public static readonly IReadOnlyDictionary<string, (torch.ScalarType Type, int Bytes)> Types = new Dictionary<string, (torch.ScalarType, int)>
    {
        ["F64"] = (torch.ScalarType.Float64, 8),
        ["F32"] = (torch.ScalarType.Float32, 4),
        ["F16"] = (torch.ScalarType.Float16, 2),
        ["BF16"] = (torch.ScalarType.BFloat16, 2),
        ["I64"] = (torch.ScalarType.Int64, 8),
        ["I32"] = (torch.ScalarType.Int32, 4),
        ["U8"] = (torch.ScalarType.Byte, 1),
        ["BOOL"] = (torch.ScalarType.Bool, 1),
    };

    /// <summary>Reads the header and leaves the stream at the first tensor's first byte.</summary>
    /// <exception cref="InvalidDataException">A claim of the header is false or not understood.</exception>
    public static SafetensorsHeader Read(FileStream stream)
    {
        if (stream.Length < 8) throw new InvalidDataException($"the file is cut off: {stream.Length} bytes, where 8 hold the header's length.");
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaximumBytes) throw new InvalidDataException($"the header claims {length} bytes; at most {MaximumBytes} are allowed.");
        if ((long)length > stream.Length - 8) throw new InvalidDataException($"the header claims {length} bytes, and the file ends after {stream.Length - 8} of them.");
        var text = new byte[length];
        stream.ReadExactly(text);
        var header = Parse(text) with { Bytes = 8 + (long)length };
        CheckLayout(header.Entries, stream.Length - header.Bytes);
        return header;
    }

    private static SafetensorsHeader Parse(byte[] text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new InvalidDataException("the header is not a JSON object.");
            var properties = document.RootElement.EnumerateObject().ToList();
            var metadata = properties.Where(p => p.NameEquals(MetadataKey)).SelectMany(p => Texts(p.Value)).ToDictionary();
            return new SafetensorsHeader([.. properties.Where(p => !p.NameEquals(MetadataKey)).Select(Entry)], metadata, 0);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"the header is not valid JSON: {e.Message}", e);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Texts(JsonElement metadata)
    {
        if (metadata.ValueKind != JsonValueKind.Object || metadata.EnumerateObject().Any(p => p.Value.ValueKind != JsonValueKind.String))
            throw new InvalidDataException($"{MetadataKey} must be an object of strings.");
        return metadata.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString()!));
    }

    private static SafetensorsEntry Entry(JsonProperty property)
    {
        var name = FileGuard.Quote(property.Name);
        if (property.Value.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"tensor {name} is not described by an object.");
        var dtype = property.Value.TryGetProperty("dtype", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "";
        if (!Types.TryGetValue(dtype, out var known))
            throw new InvalidDataException($"tensor {name} has dtype {FileGuard.Quote(dtype)}; allowed are {string.Join(", ", Types.Keys)}.");
        var shape = Whole(property.Value, "shape", name);
        if (Whole(property.Value, "data_offsets", name) is not [var begin, var end] || begin > end)
            throw new InvalidDataException($"tensor {name} needs data_offsets of the form [begin, end] with begin ≤ end.");
        var elements = NdArray.Count(shape) ?? throw new InvalidDataException($"tensor {name} of shape {NdArray.Text(shape)} has more than {Array.MaxLength} elements.");
        if (end - begin != elements * known.Bytes)
            throw new InvalidDataException($"tensor {name} of shape {NdArray.Text(shape)} and dtype {dtype} takes {elements * known.Bytes} bytes, and its data_offsets [{begin}, {end}] span {end - begin}.");
        return new SafetensorsEntry(property.Name, known.Type, shape, begin, end);
    }

    private static long[] Whole(JsonElement entry, string key, string name)
    {
        var numbers = new List<long>();
        if (!entry.TryGetProperty(key, out var list) || list.ValueKind != JsonValueKind.Array) throw new InvalidDataException($"tensor {name} has no list {key}.");
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out var number) || number < 0)
                throw new InvalidDataException($"tensor {name} has {FileGuard.Quote(item.GetRawText())} in {key}; allowed are whole numbers from 0.");
            numbers.Add(number);
        }

        return [.. numbers];
    }

    // The tensors must fill the rest of the file exactly, without overlap and without holes.
    private static void CheckLayout(IReadOnlyList<SafetensorsEntry> entries, long dataBytes)
    {
        var (end, previous) = (0L, "the header");
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            var name = FileGuard.Quote(entry.Name);
            if (entry.End > dataBytes) throw new InvalidDataException($"tensor {name} ends at byte {entry.End} of the data, and the file holds {dataBytes} of them.");
            if (entry.Begin < end) throw new InvalidDataException($"tensor {name} begins at byte {entry.Begin} of the data and overlaps {previous}, which ends at {end}.");
            if (entry.Begin > end) throw new InvalidDataException($"{entry.Begin - end} bytes between {previous} and tensor {name} belong to no tensor.");
            (end, previous) = (entry.End, $"tensor {name}");
        }

        if (end != dataBytes) throw new InvalidDataException($"{dataBytes - end} bytes after {previous} belong to no tensor.");
    }
}
