using static TorchSharp.torch;

namespace SoftPerm.Training;

/// <summary>Draws a network's first weights from a generator of our own: libtorch's own draws take the global one.</summary>
public static class WeightDraw
{
    /// <summary>Weights and biases uniform within ±1/√(fan-in): PyTorch's default.</summary>
    public static void Uniform(nn.Module network, Generator generator) => Draw(network, generator, gain: 1, biased: true);

    /// <summary>Weights uniform within ±√(6 / fan-in), biases 0: keeps the size of what passes narrow layers with ReLU.</summary>
    /// <remarks><b>Source.</b> He et al. 2015.</remarks>
    public static void He(nn.Module network, Generator generator) => Draw(network, generator, gain: Math.Sqrt(6), biased: false);

    /// <summary>The kernels of convolutions from normal distributions of variance 2 / (fan-out), and the rest as it is: normalisations begin
    /// with weight 1 and bias 0.</summary>
    /// <remarks><b>Source.</b> He et al. 2015.</remarks>
    public static void KaimingNormal(nn.Module network, Generator generator)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        foreach (var kernel in network.parameters().Where(p => p.dim() == 4)) // [out, in, height, width]
            kernel.normal_(0, Math.Sqrt(2.0 / (kernel.numel() / kernel.size(1))), generator);
    }

    private static void Draw(nn.Module network, Generator generator, double gain, bool biased)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var bound = 0.0;
        foreach (var (name, parameter) in network.named_parameters())
        {
            // A layer's bias follows its weight and shares its bound.
            var isWeight = name.EndsWith("weight", StringComparison.Ordinal);
            if (isWeight) bound = gain / Math.Sqrt(parameter.numel() / (double)parameter.size(0));
            if (isWeight || biased) parameter.uniform_(-bound, bound, generator);
            else parameter.zero_();
        }
    }
}
