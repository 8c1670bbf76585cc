using static TorchSharp.torch;

namespace SoftPerm.Training.IO;

/// <summary>Numbers as a file holds them, independent of its format.</summary>
/// <param name="Data">The numbers, last axis fastest.</param>
/// <param name="Shape">The length of each axis; empty for a single number.</param>
public sealed record NdArray(double[] Data, long[] Shape)
{
    /// <summary>The shape as a message shows it, "[2, 3]".</summary>
    public string ShapeText => Text(Shape);

    /// <summary>A copy as a tensor.</summary>
    /// <param name="type">Its element type; numbers are rounded to it.</param>
    public Tensor ToTensor(ScalarType type) => tensor(Data, Shape, dtype: type);

    /// <summary>The same numbers under another shape of as many elements.</summary>
    public NdArray Reshaped(params long[] shape) =>
        Count(shape) == Data.Length ? this with { Shape = shape } : throw new ArgumentException($"{Text(shape)} does not hold the {Data.Length} elements of {ShapeText}.", nameof(shape));

    /// <summary>A shape as a message shows it, "[2, 3]".</summary>
    public static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>The number of elements of a shape, or null where that is more than an array can hold.</summary>
    internal static long? Count(ReadOnlySpan<long> shape)
    {
        if (shape.Contains(0)) return 0;
        UInt128 count = 1;
        foreach (var length in shape)
        {
            count *= (ulong)length;
            if (count > (ulong)Array.MaxLength) return null;
        }

        return (long)count;
    }
}
