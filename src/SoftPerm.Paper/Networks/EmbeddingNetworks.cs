using SoftPerm.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Paper.Networks;

/// <summary>The networks that turn an image into features whose distances mean something, by name.</summary>
public static class EmbeddingNetworks
{
    /// <summary>The paper's network for MNIST, 500 features: conv 5×5×20, ReLU, pool, conv 5×5×50, ReLU, pool, FC 500, ReLU.</summary>
    public const string ConvNet = "convnet";

    /// <summary>The paper's for Fashion-MNIST and CIFAR-10, 512 features: a pre-activation residual network of 18 layers for small images.</summary>
    /// <remarks>
    /// <para>Conv 3×3×64, then two <see cref="PreActBlock"/>s each of 64, 128, 256 and 512 channels, each number but the first halving the
    /// image, and the mean over all places. As in the authors' code, nothing follows the last sum but that mean.</para>
    /// <para><b>Source.</b> He et al. 2016, Identity Mappings in Deep Residual Networks.</para>
    /// </remarks>
    public const string ResNet18 = "resnet18";

    private const int ConvNetFeatures = 500;
    private static readonly int[] ResNetChannels = [64, 128, 256, 512];

    /// <summary>The names that <see cref="Create"/> takes.</summary>
    public static IReadOnlyList<string> Names { get; } = [ConvNet, ResNet18];

    /// <summary>How many features a network puts out.</summary>
    /// <exception cref="UserErrorException">No network has this name.</exception>
    public static int Features(string name) => name switch
    {
        ConvNet => ConvNetFeatures,
        ResNet18 => ResNetChannels[^1],
        _ => throw Unknown(name),
    };

    /// <summary>Builds a network with freshly drawn weights, in training mode.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="channels">1 for grey images, 3 for colour.</param>
    /// <param name="height">The images' height, at least 16.</param>
    /// <param name="width">The images' width, at least 16.</param>
    /// <param name="generator">The source of the weights.</param>
    /// <returns>A network from images [N, channels, height, width] to features [N, <see cref="Features"/>].</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is too small.</exception>
    /// <exception cref="UserErrorException">No network has this name.</exception>
    public static Module<Tensor, Tensor> Create(string name, int channels, int height, int width, Generator generator)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 16);
        return name switch
        {
            ConvNet => CreateConvNet(channels, Pooled(height) * Pooled(width), generator),
            ResNet18 => CreateResNet(channels, generator),
            _ => throw Unknown(name),
        };
    }

    private static Sequential CreateConvNet(int channels, int places, Generator generator)
    {
        var network = Sequential(
            ("conv1", Conv2d(channels, 20, 5L)), ("relu1", ReLU()), ("pool1", MaxPool2d(2)),
            ("conv2", new FilledConvolution(20, 50, 5)), ("relu2", ReLU()), ("pool2", MaxPool2d(2)),
            ("flatten", Flatten()), ("fc1", Linear(50 * places, ConvNetFeatures)), ("relu3", ReLU()));
        WeightDraw.Uniform(network, generator);
        return network;
    }

    private static Sequential CreateResNet(int channels, Generator generator)
    {
        var layers = new List<(string, Module<Tensor, Tensor>)> { ("conv1", Conv2d(channels, ResNetChannels[0], 3L, padding: 1L, bias: false)) };
        var inputs = ResNetChannels[0];
        foreach (var (stage, outputs) in ResNetChannels.Index())
        {
            var first = new PreActBlock(inputs, outputs, stride: stage == 0 ? 1 : 2);
            layers.Add(($"layer{stage + 1}", Sequential(("0", first), ("1", new PreActBlock(outputs, outputs, stride: 1)))));
            inputs = outputs;
        }

        var network = Sequential([.. layers, ("pool", AdaptiveAvgPool2d(1)), ("flatten", Flatten())]);
        WeightDraw.KaimingNormal(network, generator);
        return network;
    }

    /// <summary>The side left of an image by two rounds of a 5×5 convolution within its bounds and a pool of 2.</summary>
    private static int Pooled(int side) => ((side - 4) / 2 - 4) / 2;

    private static UserErrorException Unknown(string name) => new($"There is no network '{name}'; choose one of: {string.Join(", ", Names)}.");
}
