using SoftPerm.Paper.Networks;
using SoftPerm.TestKit.Tensors;
using SoftPerm.Training;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Networks;

public sealed class NumberNetworksTests
{
    [Theory]
    [InlineData(NumberNetworks.Paper, 832 + 51_264 + 802_880 + 65), InlineData(NumberNetworks.Small, 416 + 4_640 + 18_496 + 802_880 + 65), InlineData(NumberNetworks.Digits, 416 + 4_640 + 18_496 + 401_536 + 1_290 + 11 + 5)]
    public void A_network_scores_images_with_the_parameters_expected(string name, long parameters)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        using var network = NumberNetworks.Create(name, 28, 112, 1, generator);
        Assert.Equal([3, 1], network.forward(zeros(3, 1, 28, 112)).shape);
        Assert.Equal(parameters, network.parameters().Sum(p => p.numel()));
    }

    [Fact]
    public void The_generator_alone_draws_the_weights()
    {
        using var scope = NewDisposeScope();
        double[] Draw(ulong seed)
        {
            using var generator = new Generator(seed);
            using var network = NumberNetworks.Create(NumberNetworks.Small, 28, 28, 1, generator);
            return [.. network.parameters().SelectMany(TensorCompare.Numbers)];
        }

        Assert.Equal(Draw(4), Draw(4));
        Assert.NotEqual(Draw(4), Draw(5));
        // Each layer is uniform within ±1/√fan-in; the first has a fan-in of 25.
        Assert.All(Draw(4).Take(400), w => Assert.True(Math.Abs(w) <= 0.2));
    }

    [Fact]
    public void An_unknown_name_lists_the_known_ones()
    {
        using var generator = new Generator(1);
        var error = Assert.Throws<UserErrorException>(() => NumberNetworks.Create("deep", 28, 28, 1, generator));
        Assert.Contains("paper, small, digits", error.Message, StringComparison.Ordinal);
    }
}
