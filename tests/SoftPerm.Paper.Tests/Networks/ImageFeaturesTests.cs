using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Networks;
using SoftPerm.TestKit.Tensors;
using SoftPerm.Training;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Networks;

public sealed class ImageFeaturesTests
{
    private static readonly ImageSet Digits = GeneratedDigits.Draw(1, 0, 300); // more than are run at once

    [Fact]
    public void Every_image_has_the_features_of_evaluation_mode_and_the_mode_is_kept()
    {
        using var scope = NewDisposeScope();
        using var network = nn.Sequential(("flatten", nn.Flatten()), ("drop", nn.Dropout(0.5)));
        var seen = new List<double>();
        var features = ImageFeatures.Of(network, Digits, PixelScale.Unit, new ImmediateProgress<double>(seen.Add), TestContext.Current.CancellationToken);
        TensorCompare.Close(Digits.ToTensor(PixelScale.Unit).flatten(1), features, 0);
        Assert.True(network.training);
        Assert.Equal([250.0 / 300, 1], seen);
        Assert.False(features.requires_grad);
    }

    [Fact]
    public void Stopping_keeps_the_mode_and_leaves_no_tensor()
    {
        using var network = nn.Sequential(("flatten", nn.Flatten()));
        TensorLeak.Check(() =>
        {
            using var stop = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => ImageFeatures.Of(network, Digits, PixelScale.Unit, new ImmediateProgress<double>(_ => stop.Cancel()), stop.Token));
        });
        Assert.True(network.training);
        Assert.Throws<ArgumentException>(() => ImageFeatures.Of(network, Digits.Slice(0, 0), PixelScale.Unit, cancellationToken: TestContext.Current.CancellationToken));
    }
}
