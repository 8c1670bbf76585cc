using static TorchSharp.torch;

namespace SoftPerm.TestKit.Tensors;

/// <summary>Comparisons of tensors that NaN fails.</summary>
public static class TensorCompare
{
    /// <summary>Asserts equal shapes, and |expected - actual| ≤ relative·|expected| + absolute for every element.</summary>
    /// <exception cref="MismatchException">The shapes differ or an element is too far off; names the first one.</exception>
    public static void Close(Tensor expected, Tensor actual, double relative, double absolute = 0)
    {
        if (!expected.shape.AsSpan().SequenceEqual(actual.shape))
            throw new MismatchException($"Expected shape [{string.Join(", ", expected.shape)}], found [{string.Join(", ", actual.shape)}].");
        Compare.Close(Numbers(expected), Numbers(actual), relative, absolute);
    }

    /// <summary>Copies a tensor's elements, row by row, as float64.</summary>
    public static double[] Numbers(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().cpu().to_type(ScalarType.Float64).contiguous().data<double>().ToArray();
    }
}
