using SoftPerm.Autograd;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Interop;

/// <summary>What this library asks of tensors beyond what TorchSharp offers.</summary>
/// <remarks>
/// <para><b>Until.</b> TorchSharp gives the address of a tensor's numbers without an object for it (then <c>Buffer</c> goes), and an alias
/// without a graph where gradients are off (then <c>Own</c> goes). The choices of element types are the library's own and stay.</para>
/// </remarks>
internal static unsafe class Tensors
{
    /// <summary>The memory of a contiguous tensor on the CPU, for kernels; keep the tensor alive while it is in use.</summary>
    public static Buffer<T> Buffer<T>(this Tensor tensor)
        where T : unmanaged
    {
        var length = tensor.numel();
        return length == 0 ? default : new Buffer<T>((T*)NativeNode.Data(tensor.Handle), length);
    }

    /// <summary>Another handle to a tensor: with its graph where gradients are on, and where they are off without.</summary>
    /// <remarks>An alias alone keeps its graph also where gradients are off, as no operation does: TorchSharp 0.107.0 hands out the same
    /// native tensor.</remarks>
    public static Tensor Own(this Tensor tensor) => NativeNode.GradientsOn() != 0 ? tensor.alias() : tensor.detach();

    /// <summary>float64 where the device has it.</summary>
    public static ScalarType WideType(this Device device) => device.type == DeviceType.MPS ? float32 : float64;

    /// <summary>A tensor of a type; itself if it is.</summary>
    public static Tensor As(this Tensor tensor, ScalarType type) => tensor.dtype == type ? tensor : tensor.to(type);

    /// <summary>A tensor in float32 where its own type is narrower; else itself.</summary>
    public static Tensor AtLeastSingle(this Tensor tensor) => tensor.As(tensor.dtype.AtLeastSingle());

    /// <summary>float32 in place of float16 and bfloat16.</summary>
    public static ScalarType AtLeastSingle(this ScalarType type) => type is ScalarType.Float16 or ScalarType.BFloat16 ? float32 : type;
}

/// <summary>The dispose scope of a call, which also keeps from being finalized what the call was given.</summary>
/// <remarks>
/// <para>A tensor's or generator's handle is raw: where its owner is used no more, a collection may free it in the middle of the operation
/// that reads it last. Tensors made in the scope are held by it.</para>
/// <para><b>Until.</b> TorchSharp keeps what owns a handle alive while native code reads it; a dispose scope alone will do then.</para>
/// </remarks>
internal readonly struct CallScope(params object?[] arguments) : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    /// <inheritdoc/>
    public void Dispose()
    {
        scope.Dispose();
        GC.KeepAlive(arguments);
    }
}
