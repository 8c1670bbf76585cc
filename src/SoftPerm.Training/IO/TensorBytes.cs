using static TorchSharp.torch;

namespace SoftPerm.Training.IO;

/// <summary>The elements of a tensor as raw little-endian bytes, last axis fastest.</summary>
internal static class TensorBytes
{
    private const int BufferSize = 1 << 16;

    /// <summary>Writes the elements of a tensor that may lie anywhere, in any layout.</summary>
    public static void Write(Stream stream, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        if (tensor.numel() > 0) tensor.detach().cpu().contiguous().WriteBytesToStream(stream, BufferSize);
    }

    /// <summary>Reads a new tensor that belongs to the caller's dispose scope.</summary>
    public static Tensor Read(Stream stream, long[] shape, ScalarType type)
    {
        using var scope = NewDisposeScope();
        var tensor = empty(shape, dtype: type);
        if (tensor.numel() > 0) tensor.ReadBytesFromStream(stream, BufferSize);
        return tensor.MoveToOuterDisposeScope();
    }
}
