using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Tasks.Neighbours;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Tasks.Neighbours;

public sealed class KnnBatchesTests
{
    private static readonly ImageSet Images = SmallRuns.Digits.Test;
    private static readonly string[] Known = Each(Images.ToTensor(PixelScale.Unit));

    [Fact]
    public void No_image_comes_twice_in_a_step_and_each_has_its_label()
    {
        using var scope = NewDisposeScope();
        var (images, labels) = new KnnBatches(Images, Images.Count, SmallKnn.Config).Draw(3);
        Assert.Equal([Images.Count, 1, 28, 28], images.shape);
        var drawn = Each(images);
        Assert.Equal(Known.Order(StringComparer.Ordinal), drawn.Order(StringComparer.Ordinal));
        Assert.NotEqual(Known, drawn);
        Assert.Equal(drawn.Select(image => (long)Images.Labels[Array.IndexOf(Known, image)]), labels.data<long>().ToArray());
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void A_batch_is_a_function_of_seed_and_step_alone(bool augment)
    {
        using var scope = NewDisposeScope();
        var config = SmallKnn.Config with { Augment = augment };
        var batches = new KnnBatches(Images, 20, config);
        var first = Each(batches.Draw(5).Images);
        Assert.NotEqual(first, Each(batches.Draw(6).Images));
        Assert.Equal(first, Each(batches.Draw(5).Images));
        Assert.Equal(first, Each(new KnnBatches(Images, 20, config).Draw(5).Images));
        Assert.NotEqual(first, Each(new KnnBatches(Images, 20, config with { Seed = 2 }).Draw(5).Images));
    }

    [Fact]
    public void Augmenting_moves_the_images_of_a_step_and_keeps_their_labels()
    {
        using var scope = NewDisposeScope();
        var (plain, labels) = new KnnBatches(Images, 20, SmallKnn.Config).Draw(5);
        var (moved, kept) = new KnnBatches(Images, 20, SmallKnn.Config with { Augment = true }).Draw(5);
        Assert.Equal(labels.data<long>().ToArray(), kept.data<long>().ToArray());
        // One of 162 draws leaves an image where it is.
        Assert.InRange(Each(plain).Zip(Each(moved)).Count(pair => pair.First != pair.Second), 16, 20);
    }

    /// <summary>Each image as text, to compare and to find.</summary>
    private static string[] Each(Tensor images) => [.. images.data<float>().ToArray().Chunk(28 * 28).Select(image => string.Join(' ', image))];
}
