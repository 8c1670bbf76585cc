using System.Globalization;
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
    /// <summary>Writes one object, <c>{"name":[...],...}</c>.</summary>
    /// <param name="writer">Where the text goes.</param>
    /// <param name="tensors">Tensors of float64, float32 or integers.</param>
    public static void Write(TextWriter writer, IReadOnlyDictionary<string, Tensor> tensors)
    {
        var separator = "{";
        foreach (var (name, tensor) in tensors)
        {
            writer.Write($"{separator}\"{JsonEncodedText.Encode(name)}\":");
            Write(writer, tensor);
            separator = ",";
        }

        writer.Write(tensors.Count == 0 ? "{}" : "}");
    }

    /// <summary>Writes nested lists, or a bare number for a tensor without axes.</summary>
    /// <param name="writer">Where the text goes.</param>
    /// <param name="tensor">A tensor of float64, float32 or integers.</param>
    public static void Write(TextWriter writer, Tensor tensor)
    {
        var lists = new Lists(writer, tensor);
        lists.Write(axis: 0);
        lists.Flush();
    }

    /// <summary>Walks the axes of one tensor, fetching its numbers and handing on its text a block at a time.</summary>
    private sealed class Lists(TextWriter writer, Tensor tensor)
    {
        private const int BlockElements = 8192;
        private readonly long[] shape = tensor.shape;
        private readonly bool single = tensor.dtype == ScalarType.Float32;
        private readonly StringBuilder text = new();
        private double[] block = [];
        private long blockStart;
        private int at;

        public void Write(int axis)
        {
            if (axis == shape.Length)
            {
                if (at == block.Length) NextBlock();
                Number(block[at++]);
                return;
            }

            text.Append('[');
            for (var i = 0L; i < shape[axis]; i++)
            {
                if (i > 0) text.Append(',');
                Write(axis + 1);
            }

            text.Append(']');
        }

        public void Flush()
        {
            writer.Write(text);
            text.Clear();
        }

        private void NextBlock()
        {
            Flush();
            using var scope = NewDisposeScope();
            using var grad = no_grad();
            blockStart += block.Length;
            var flat = tensor.reshape(-1);
            var part = flat.narrow(0, blockStart, Math.Min(BlockElements, flat.size(0) - blockStart));
            block = MemoryMarshal.Cast<byte, double>(part.to(float64).cpu().contiguous().bytes).ToArray();
            at = 0;
        }

        private void Number(double value)
        {
            if (double.IsNaN(value)) text.Append("\"NaN\"");
            else if (double.IsInfinity(value)) text.Append(value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
            else if (single) text.Append(CultureInfo.InvariantCulture, $"{(float)value:R}");
            else text.Append(CultureInfo.InvariantCulture, $"{value:R}");
        }
    }
}
