using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace SoftPerm.Training.IO;

/// <summary>The public safetensors format: named tensors that Python, Rust and others read without running code.</summary>
/// <remarks>
/// <para><b>Definition.</b> The header's length as 8 bytes, little-endian; the header, a JSON object of
/// <c>name: {dtype, shape, data_offsets}</c> and optionally <c>__metadata__</c>, padded with spaces to a multiple of 8; then
/// the tensors' bytes, little-endian, last axis fastest, without gaps.</para>
/// <para><b>Properties.</b> Element types F64, F32, F16, BF16, I64, I32, U8 and BOOL. Equal tensors make equal files: they
/// stand in the order of falling element size, then of their names, so that each is aligned.</para>
/// <para><b>Source.</b> https://github.com/huggingface/safetensors, section Format.</para>
/// </remarks>
public static class Safetensors
{
    /// <summary>Writes tensors under their names, atomically, one at a time.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Tensors on any device, in any layout; they stay the caller's.</param>
    /// <param name="metadata">Text to keep with them, or null.</param>
    /// <exception cref="ArgumentException">A tensor's element type has no place in the format, or a name is "__metadata__".</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        if (tensors.ContainsKey(SafetensorsHeader.MetadataKey)) throw new ArgumentException($"No tensor may be named {SafetensorsHeader.MetadataKey}.", nameof(tensors));
        var ordered = tensors.Select(t => (Name: t.Key, Tensor: t.Value, Type: TypeOf(t.Key, t.Value.dtype)))
            .OrderByDescending(t => SafetensorsHeader.Types[t.Type].Bytes).ThenBy(t => t.Name, StringComparer.Ordinal).ToList();
        AtomicFile.Write(path, stream =>
        {
            WriteHeader(stream, ordered, metadata);
            foreach (var (_, tensor, _) in ordered) TensorBytes.Write(stream, tensor);
        });
    }

    /// <summary>Reads every tensor, on the CPU; they belong to the caller's dispose scope.</summary>
    /// <exception cref="UserErrorException">The file is missing or not what it claims: the message says where.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path) => FileGuard.Read(path, stream =>
    {
        using var scope = NewDisposeScope();
        var header = SafetensorsHeader.Read(stream);
        var tensors = new Dictionary<string, Tensor>();
        foreach (var entry in header.Entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
            tensors.Add(entry.Name, TensorBytes.Read(stream, entry.Shape, entry.Type));
        foreach (var tensor in tensors.Values) tensor.MoveToOuterDisposeScope();
        return tensors;
    });

    /// <summary>Reads the text kept with the tensors, and no tensor.</summary>
    /// <exception cref="UserErrorException">The file is missing or not what it claims.</exception>
    public static IReadOnlyDictionary<string, string> ReadMetadata(string path) =>
        FileGuard.Read(path, stream => SafetensorsHeader.Read(stream).Metadata);

    private static string TypeOf(string name, ScalarType type) =>
        SafetensorsHeader.Types.FirstOrDefault(t => t.Value.Type == type).Key
        ?? throw new ArgumentException($"Tensor '{name}' has element type {type}; allowed are {string.Join(", ", SafetensorsHeader.Types.Values.Select(t => t.Type))}.", nameof(name));

    private static void WriteHeader(Stream stream, List<(string Name, Tensor Tensor, string Type)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var header = new Dictionary<string, object>();
        if (metadata is not null) header.Add(SafetensorsHeader.MetadataKey, metadata);
        var begin = 0L;
        foreach (var (name, tensor, type) in tensors)
        {
            var end = begin + tensor.numel() * SafetensorsHeader.Types[type].Bytes;
            header.Add(name, new { dtype = type, tensor.shape, data_offsets = new[] { begin, end } });
            begin = end;
        }

        var text = JsonSerializer.SerializeToUtf8Bytes(header);
        var padding = (8 - text.Length % 8) % 8;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length + padding);
        stream.Write(length);
        stream.Write(text);
        stream.Write(Enumerable.Repeat((byte)' ', padding).ToArray());
    }
}
