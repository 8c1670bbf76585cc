using static TorchSharp.torch;

namespace SoftPerm.Experiments.Models;

/// <summary>Draws a network's weights anew, from a generator of our own.</summary>
internal static class WeightDraw
{
    /// <summary>Draws all weights and biases uniformly within ±1/√(fan-in), PyTorch's default.</summary>
    public static void Uniform(nn.Module network, Generator generator)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var bound = 0.0;
        foreach (var (name, parameter) in network.named_parameters())
        {
            // A layer's bias follows its weight and shares its bound.
            if (name.EndsWith("weight", StringComparison.Ordinal)) bound = 1 / Math.Sqrt(parameter.numel() / (double)parameter.size(0));
            parameter.uniform_(-bound, bound, generator);
        }
    }

    /// <summary>Draws the kernels of convolutions from normal distributions of variance 2 / (fan-out), Kaiming He's for ReLU, and leaves the
    /// rest as it is: normalisations begin with weight 1 and bias 0.</summary>
    public static void KaimingNormal(nn.Module network, Generator generator)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var kernel in network.parameters().Where(p => p.dim() == 4)) // [out, in, height, width]
            kernel.normal_(0, Math.Sqrt(2.0 / (kernel.numel() / kernel.size(1))), generator);
    }
}
