using SoftPerm.Experiments.Datasets;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Neighbours;

/// <summary>Draws the images of a step: a pure function of the seed and the step.</summary>
/// <param name="images">The training images.</param>
/// <param name="perStep">How many a step takes.</param>
/// <param name="config">The settings.</param>
internal sealed class KnnBatches(ImageSet images, int perStep, KnnConfig config)
{
    private readonly PixelScale scale = PixelScale.Of(config.Dataset);

    /// <summary>Different images, in random order: [perStep, channels, height, width], and their labels.</summary>
    public (Tensor Images, Tensor Labels) Draw(long step)
    {
        var random = new SplitMix64(config.Seed, (ulong)step);
        var drawn = new OrderedDictionary<int, bool>();
        while (drawn.Count < perStep) drawn.TryAdd(random.Below(images.Count), true);
        var picked = images.Pick([.. drawn.Keys]);
        if (config.Augment) picked = picked.CropAndFlip(config.Seed, (ulong)(step * perStep));
        return (picked.ToTensor(scale), picked.LabelTensor());
    }
}
