using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Networks;
using SoftPerm.TestKit.Tensors;
using SoftPerm.Training;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Networks;

public sealed class AutoencoderTrainingTests
{
    private static readonly ImageSet Digits = GeneratedDigits.Draw(1, 0, 250);
    private static readonly AutoencoderTraining Settings = new() { Epochs = 20, BatchSize = 25 };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void The_error_falls_and_the_seed_decides()
    {
        using var scope = NewDisposeScope();
        var errors = new List<double>();
        using var network = Settings.Train(Digits, PixelScale.Unit, new ImmediateProgress<(int Epoch, double Error)>(done =>
        {
            errors.Add(done.Error);
            Assert.Equal(errors.Count, done.Epoch);
        }), Stop);
        Assert.Equal(20, errors.Count);
        var pixels = Digits.ToTensor(PixelScale.Unit).flatten(1);
        var reached = network.forward(pixels).sub(pixels).Squared().mean().item<float>();
        // The mean image alone leaves the variance.
        var variance = pixels.var(0, unbiased: false).mean().item<float>();
        Assert.True(reached < 0.8 * variance, $"An error of {reached} is left of a variance of {variance}.");
        Assert.True(errors[^1] < errors[0]);

        using var again = Settings.Train(Digits, PixelScale.Unit, cancellationToken: Stop);
        using var other = (Settings with { Epochs = 1, Seed = 2 }).Train(Digits, PixelScale.Unit, cancellationToken: Stop);
        Assert.Equal(Weights(network), Weights(again));
        Assert.NotEqual(Weights(network), Weights(other));

        var codes = ImageFeatures.Of(network.Encoder, Digits, PixelScale.Unit, cancellationToken: Stop);
        TensorCompare.Close(network.Encoder.forward(pixels), codes, 1e-4, 1e-4);
    }

    [Fact]
    public void Cancelling_ends_it_and_no_tensor_is_left_over() => TensorLeak.Check(() =>
    {
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Settings.Train(Digits, PixelScale.Unit, new ImmediateProgress<(int, double)>(_ => stop.Cancel()), stop.Token));
    });

    [Fact]
    public void Settings_out_of_their_domain_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Settings.Train(Digits.Slice(0, 0), PixelScale.Unit, cancellationToken: Stop));
        Assert.Throws<ArgumentOutOfRangeException>(() => (Settings with { Epochs = 0 }).Train(Digits, PixelScale.Unit, cancellationToken: Stop));
        Assert.Throws<ArgumentOutOfRangeException>(() => (Settings with { BatchSize = 0 }).Train(Digits, PixelScale.Unit, cancellationToken: Stop));
        Assert.Throws<ArgumentOutOfRangeException>(() => (Settings with { LearningRate = 0 }).Train(Digits, PixelScale.Unit, cancellationToken: Stop));
    }

    private static double[] Weights(nn.Module network) => [.. network.parameters().SelectMany(p => TensorCompare.Numbers(p).Take(20))];
}
