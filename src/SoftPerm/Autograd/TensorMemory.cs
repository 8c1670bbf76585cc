using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Autograd;

/// <summary>The numbers of a tensor, for kernels.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>The memory of a contiguous tensor on the CPU; keep the tensor alive while it is in use.</summary>
    public static Buffer<T> Buffer<T>(this Tensor tensor)
        where T : unmanaged
    {
        var length = tensor.numel();
        return length == 0 ? default : new Buffer<T>((T*)NativeNode.Data(tensor.Handle), length);
    }
}
