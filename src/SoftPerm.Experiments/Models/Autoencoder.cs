using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Experiments.Models;

/// <summary>The autoencoder of the paper's baselines: FC 500-500-50-500-500, ReLU between, linear code and output.</summary>
public sealed class Autoencoder : Module<Tensor, Tensor>
{
    /// <summary>The numbers of a code.</summary>
    public const int CodeSize = 50;

    private const int Hidden = 500;

    /// <summary>Builds the network with freshly drawn weights.</summary>
    /// <param name="inputs">Numbers of an image, at least 1.</param>
    /// <param name="generator">The source of the weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no inputs.</exception>
    public Autoencoder(int inputs, Generator generator) : base(nameof(Autoencoder))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        Encoder = Layers(inputs, CodeSize);
        Decoder = Layers(CodeSize, inputs);
        register_module("encoder", Encoder);
        register_module("decoder", Decoder);
        WeightDraw.Uniform(this, generator);
    }

    /// <summary>From images of any shape, [N, ...] with as many numbers as there are inputs, to codes [N, <see cref="CodeSize"/>].</summary>
    public Sequential Encoder { get; }

    /// <summary>From codes back to images [N, inputs].</summary>
    public Sequential Decoder { get; }

    /// <summary>Makes images again from their codes.</summary>
    /// <param name="input">Images, [N, ...].</param>
    /// <returns>Shape [N, inputs].</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Decoder.forward(Encoder.forward(input)).MoveToOuterDisposeScope();
    }

    private static Sequential Layers(int inputs, int outputs) => Sequential(
        ("flatten", Flatten()), ("fc1", Linear(inputs, Hidden)), ("relu1", ReLU()), ("fc2", Linear(Hidden, Hidden)), ("relu2", ReLU()), ("fc3", Linear(Hidden, outputs)));
}
