using SoftPerm.Paper.Networks;
using SoftPerm.TestKit.Tensors;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Networks;

public sealed class AutoencoderTests
{
    [Theory]
    [InlineData(784, 392_500 + 250_500 + 25_050 + 25_500 + 250_500 + 392_784)]
    [InlineData(12, 6_500 + 250_500 + 25_050 + 25_500 + 250_500 + 6_012)]
    public void Images_become_codes_and_codes_images(int inputs, long parameters)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        using var network = new Autoencoder(inputs, generator);
        var images = rand(3, inputs);
        var codes = network.Encoder.forward(images);
        Assert.Equal([3, 50], codes.shape);
        TensorCompare.Close(network.Decoder.forward(codes), network.forward(images), 0);
        Assert.Equal(parameters, network.parameters().Sum(p => p.numel()));
        Assert.Contains("encoder.fc1.weight", network.state_dict().Keys);
    }

    [Fact]
    public void The_generator_alone_draws_the_weights()
    {
        using var scope = NewDisposeScope();
        double[] Draw(ulong seed)
        {
            using var generator = new Generator(seed);
            using var network = new Autoencoder(12, generator);
            return [.. network.parameters().Select(p => p.sum().item<float>())];
        }

        Assert.Equal(Draw(4), Draw(4));
        Assert.NotEqual(Draw(4), Draw(5));
    }
}
