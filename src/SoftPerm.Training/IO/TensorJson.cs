using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using static TorchSharp.torch;

namespace SoftPerm.Training.IO;

/// <summary>Writes tensors as JSON: nested lists of numbers, one line, every digit that tells a number from its neighbours.</summary>
/// <remarks>Numbers that are not finite become the strings "NaN", "Infinity" and "-Infinity", which are valid JSON and which
/// <see cref="ArrayFile"/> and Python's <c>float()</c> read. Memory stays small however large the tensor is.</remarks>
public static class TensorJson
{
    private const int BlockElements = 8192;

    /// <summary>Writes one object, <c>{"name":[...],...}</c>.</summary>
    /// <param name="writer">Where the text goes.</param>
    /// <param name="tensors">Tensors of float64, float32 or integers.</param>
    public static void Write(TextWriter writer, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var text = new Text(writer);
        text.Json.WriteStartObject();
        foreach (var (name, tensor) in tensors)
        {
            text.Json.WritePropertyName(name);
            WriteLists(text, tensor);
        }

        text.Json.WriteEndObject();
    }

    /// <summary>Writes nested lists, or a bare number for a tensor without axes.</summary>
    /// <param name="writer">Where the text goes.</param>
    /// <param name="tensor">A tensor of float64, float32 or integers.</param>
    public static void Write(TextWriter writer, Tensor tensor)
    {
        using var text = new Text(writer);
        WriteLists(text, tensor);
    }

    private static void WriteLists(Text text, Tensor tensor)
    {
        var shape = tensor.shape;
        using var numbers = Numbers(text, tensor).GetEnumerator();
        Write(axis: 0);

        void Write(int axis)
        {
            if (axis == shape.Length)
            {
                numbers.MoveNext();
                WriteNumber(text.Json, numbers.Current, tensor.dtype == ScalarType.Float32);
                return;
            }

            text.Json.WriteStartArray();
            for (var i = 0L; i < shape[axis]; i++) Write(axis + 1);
            text.Json.WriteEndArray();
        }
    }

    /// <summary>The numbers of a tensor, fetched a block at a time; what was written of those before goes out.</summary>
    private static IEnumerable<double> Numbers(Text text, Tensor tensor)
    {
        for (var start = 0L; start < tensor.numel(); start += BlockElements)
        {
            text.Flush();
            foreach (var number in Block(tensor, start)) yield return number;
        }
    }

    private static double[] Block(Tensor tensor, long start)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var part = tensor.reshape(-1).narrow(0, start, Math.Min(BlockElements, tensor.numel() - start));
        return MemoryMarshal.Cast<byte, double>(part.to(float64).cpu().contiguous().bytes).ToArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, double value, bool single)
    {
        if (double.IsNaN(value)) json.WriteStringValue("NaN"u8);
        else if (double.IsInfinity(value)) json.WriteStringValue(value > 0 ? "Infinity"u8 : "-Infinity"u8);
        else if (single) json.WriteNumberValue((float)value);
        else json.WriteNumberValue(value);
    }

    /// <summary>JSON on its way to a writer of text.</summary>
    private sealed class Text : IDisposable
    {
        private readonly ArrayBufferWriter<byte> bytes = new();
        private readonly TextWriter writer;

        public Text(TextWriter writer)
        {
            this.writer = writer;
            Json = new Utf8JsonWriter(bytes);
        }

        public Utf8JsonWriter Json { get; }

        public void Flush()
        {
            Json.Flush();
            writer.Write(Encoding.UTF8.GetString(bytes.WrittenSpan));
            bytes.ResetWrittenCount();
        }

        public void Dispose()
        {
            Flush();
            Json.Dispose();
        }
    }
}
