using SoftPerm.Paper.Datasets;
using SoftPerm.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Paper.Networks;

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

/// <summary>Trains an autoencoder on images with Adam, by the mean squared error of their pixels.</summary>
public sealed record AutoencoderTraining
{
    /// <summary>How often every image is seen.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>Images a step.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>Adam's learning rate.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The seed of the weights and of the images' order.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Trains from the start.</summary>
    /// <param name="images">The training images, at least one.</param>
    /// <param name="scale">How bytes become numbers.</param>
    /// <param name="progress">Told, after each epoch, how many are done and the mean squared error of a pixel in the last.</param>
    /// <param name="cancellationToken">Ends the training with an exception.</param>
    /// <returns>The network; dispose it.</returns>
    /// <exception cref="ArgumentException">There are no images.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is not positive.</exception>
    public Autoencoder Train(ImageSet images, PixelScale scale, IProgress<(int Epoch, double Error)>? progress = null, CancellationToken cancellationToken = default)
    {
        if (images.Count == 0) throw new ArgumentException("There are no images to train on; at least 1 is needed.", nameof(images));
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LearningRate);

        using var generator = new Generator(Seed);
        var network = new Autoencoder(images.ImageSize, generator);
        try
        {
            using var optimizer = Optimizer.Adam(network.named_parameters());
            for (var epoch = 1; epoch <= Epochs; epoch++)
            {
                var sum = 0.0;
                foreach (var batch in Order(images.Count, generator).Chunk(BatchSize))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    sum += batch.Length * Step(network, optimizer, images.Pick(batch), scale);
                }

                progress?.Report((epoch, sum / images.Count));
            }

            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private double Step(Autoencoder network, Optimizer optimizer, ImageSet batch, PixelScale scale)
    {
        using var scope = NewDisposeScope();
        var pixels = batch.ToTensor(scale).flatten(1);
        var loss = network.forward(pixels).sub(pixels).Squared().mean();
        optimizer.Descend(loss, LearningRate);
        return loss.item<float>();
    }

    private static int[] Order(int count, Generator generator)
    {
        using var scope = NewDisposeScope();
        return randperm(count, int32, generator: generator).data<int>().ToArray();
    }
}
