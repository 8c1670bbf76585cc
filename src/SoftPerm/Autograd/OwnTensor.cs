namespace SoftPerm.Autograd;

/// <summary>Tensors of one's own on the numbers of others.</summary>
internal static class OwnTensor
{
    /// <summary>Another handle to a tensor: with its graph where gradients are on, and where they are off without.</summary>
    /// <remarks>An alias alone keeps its graph also where gradients are off, as no operation does.</remarks>
    public static Tensor Own(this Tensor tensor) => NativeNode.GradientsOn() != 0 ? tensor.alias() : tensor.detach();
}
