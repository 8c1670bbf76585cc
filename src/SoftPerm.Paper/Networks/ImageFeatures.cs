using SoftPerm.Paper.Datasets;
using SoftPerm.Training;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Paper.Networks;

/// <summary>The features that a network gives to images.</summary>
public static class ImageFeatures
{
    private const int ImagesAtOnce = 250;

    /// <summary>Runs a network over images in evaluation mode, a bounded number at once, without gradients.</summary>
    /// <param name="network">From images [N, channels, height, width] to features [N, d]; keeps its mode.</param>
    /// <param name="images">The images, at least one.</param>
    /// <param name="scale">How bytes become numbers.</param>
    /// <param name="progress">Told the share that is done, from 0 to 1.</param>
    /// <param name="cancellationToken">Ends the run with an exception.</param>
    /// <returns>Shape [N, d], in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">There are no images.</exception>
    public static Tensor Of(
        nn.Module<Tensor, Tensor> network, ImageSet images, PixelScale scale, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        if (images.Count == 0) throw new ArgumentException("There are no images; at least 1 is needed.", nameof(images));
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var training = network.training;
        network.eval();
        try
        {
            var parts = new List<Tensor>();
            for (var start = 0; start < images.Count; start += ImagesAtOnce)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var inner = NewDisposeScope();
                var count = Math.Min(ImagesAtOnce, images.Count - start);
                parts.Add(network.Compute(images.ToTensor(start, count, scale)).MoveToOuterDisposeScope());
                progress?.Report((start + count) / (double)images.Count);
            }

            return cat(parts).MoveToOuterDisposeScope();
        }
        finally
        {
            network.train(training);
        }
    }
}
