using TorchSharp;
using static TorchSharp.torch;

namespace SoftPerm.Training;

/// <summary>Networks that compute on another device than the rest of a run, which stays on the CPU, where the kernels of relaxations are.</summary>
public static class NetworkDevice
{
    /// <summary>The names of devices there are here.</summary>
    public static IReadOnlyList<string> Names => ["cpu", .. Enumerable.Range(0, cuda.is_available() ? cuda.device_count() : 0).Select(k => $"cuda:{k}")];

    /// <summary>Moves a network to a device, one of <see cref="Names"/>.</summary>
    public static TModule On<TModule>(this TModule network, string device)
        where TModule : nn.Module
    {
        network.to(torch.device(device));
        return network;
    }

    /// <summary>What a network makes of inputs on the CPU, on the CPU.</summary>
    public static Tensor Compute(this nn.Module<Tensor, Tensor> network, Tensor inputs) =>
        network.parameters().FirstOrDefault() is { device_type: not DeviceType.CPU } weight
            ? network.forward(inputs.to(weight.device)).cpu()
            : network.forward(inputs);
}
