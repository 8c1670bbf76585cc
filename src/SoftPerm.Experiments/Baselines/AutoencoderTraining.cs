using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Training;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Baselines;

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
    /// <param name="stop">Ends the training with an exception.</param>
    /// <returns>The network; dispose it.</returns>
    /// <exception cref="ArgumentException">There are no images.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A setting is not positive.</exception>
    public Autoencoder Train(ImageSet images, PixelScale scale, Action<int, double>? progress = null, CancellationToken stop = default)
    {
        if (images.Count == 0) throw new ArgumentException("There are no images to train on; at least 1 is needed.", nameof(images));
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LearningRate);

        using var generator = new Generator(Seed);
        var network = new Autoencoder(images.ImageSize, generator);
        try
        {
            using var optimizer = TrainingOptimizer.Adam(network.named_parameters());
            for (var epoch = 1; epoch <= Epochs; epoch++)
            {
                var sum = 0.0;
                foreach (var batch in Order(images.Count, generator).Chunk(BatchSize))
                {
                    stop.ThrowIfCancellationRequested();
                    sum += batch.Length * Step(network, optimizer, images.Pick(batch), scale);
                }

                progress?.Invoke(epoch, sum / images.Count);
            }

            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private double Step(Autoencoder network, TrainingOptimizer optimizer, ImageSet batch, PixelScale scale)
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
