using SoftPerm.Paper.Networks;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using SoftPerm.Training;
using SoftPerm.Training.IO;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SoftPerm.Paper.Tests.Networks;

public sealed class EmbeddingNetworksTests : IDisposable
{
    // Of a stage from a to b channels: two normalisations and convolutions a block, and a 1×1 convolution where a is not b.
    private const long Stages = 4 * 64 * 64 * 9 + 8 * 64
        + (64 + 3 * 128) * 128 * 9 + 64 * 128 + 2 * 64 + 6 * 128
        + (128 + 3 * 256) * 256 * 9 + 128 * 256 + 2 * 128 + 6 * 256
        + (256 + 3 * 512) * 512 * 9 + 256 * 512 + 2 * 256 + 6 * 512;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(EmbeddingNetworks.ConvNet, 1, 28, 520 + 25_050 + 400_500)]
    [InlineData(EmbeddingNetworks.ConvNet, 3, 32, 1_520 + 25_050 + 625_500)]
    [InlineData(EmbeddingNetworks.ResNet18, 1, 28, 576 + Stages)]
    [InlineData(EmbeddingNetworks.ResNet18, 3, 32, 1_728 + Stages)]
    public void A_network_embeds_images_with_the_parameters_expected(string name, int channels, int side, long parameters)
    {
        using var scope = NewDisposeScope();
        using var network = Create(name, 1, channels, side);
        Assert.Equal([2, EmbeddingNetworks.Features(name)], network.forward(zeros(2, channels, side, side)).shape);
        Assert.Equal(parameters, network.parameters().Sum(p => p.numel()));
    }

    [Theory, InlineData(EmbeddingNetworks.ConvNet), InlineData(EmbeddingNetworks.ResNet18)]
    public void A_network_outlives_the_dispose_scope_that_it_was_built_in(string name)
    {
        Module<Tensor, Tensor> network;
        using (NewDisposeScope()) network = Create(name, 1);
        using var _ = network;
        using var scope = NewDisposeScope();
        Assert.True(network.forward(zeros(2, 1, 28, 28)).isfinite().all().item<bool>());
    }

    [Theory, InlineData(EmbeddingNetworks.ConvNet), InlineData(EmbeddingNetworks.ResNet18)]
    public void The_generator_alone_draws_the_weights(string name)
    {
        using var scope = NewDisposeScope();
        double[] Draw(ulong seed)
        {
            using var network = Create(name, seed);
            return [.. network.parameters().Select(p => p.sum().item<float>())];
        }

        Assert.Equal(Draw(4), Draw(4));
        Assert.NotEqual(Draw(4), Draw(5));
    }

    /// <summary>libtorch's convolutions read memory that nobody wrote: see <see cref="FilledConvolution"/>.</summary>
    [Theory, InlineData(1), InlineData(7), InlineData(100)]
    public void What_freed_memory_held_does_not_matter(int images)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        using Module<Tensor, Tensor> network = Create(EmbeddingNetworks.ConvNet, 1, 1, 28), exact = Create(EmbeddingNetworks.ConvNet, 1, 1, 28).to(float64);
        var input = rand(images, 1, 28, 28, generator: generator);
        var expected = exact.forward(input.to(float64));
        expected.sum().backward();
        for (var round = 0; round < 10; round++)
        {
            using var inner = NewDisposeScope();
            Soil();
            network.zero_grad();
            var found = network.forward(input);
            TensorCompare.Close(expected, found.to(float64), 1e-3, 1e-5); // some 500 products summed in float32
            Soil();
            found.sum().backward();
            foreach (var (right, own) in exact.parameters().Zip(network.parameters()))
                TensorCompare.Close(right.grad!, own.grad!.to(float64), 1e-2, 1e-3 * right.grad!.abs().max().item<double>());
        }

        // Leaves NaN in memory of all sizes.
        static void Soil()
        {
            for (var power = 8; power <= 22; power += 2) full(1L << power, Number(float.NaN)).Dispose();
        }
    }

    [Fact]
    public void Kernels_of_the_residual_network_have_the_spread_of_their_fan_out()
    {
        using var scope = NewDisposeScope();
        using var network = Create(EmbeddingNetworks.ResNet18, 1);
        var kernel = network.get_parameter("layer2.0.conv1.weight")!; // 128 × 64 × 3 × 3
        // A standard deviation of 73,728 draws is known to 0.3 % of itself; six of them.
        Assert.Equal(1, kernel.std().item<float>() / Math.Sqrt(2.0 / (128 * 9)), 0.016);
        Assert.Equal(1, network.get_parameter("layer2.0.bn1.weight")!.min().item<float>());
        Assert.Equal(0, network.get_parameter("layer2.0.bn1.bias")!.abs().max().item<float>());
    }

    [Fact]
    public void A_normalisation_learns_its_statistics_in_training_and_keeps_them_after()
    {
        using var scope = NewDisposeScope();
        using var network = Create(EmbeddingNetworks.ResNet18, 1);
        var images = Noise(4, 1, 28, 28);
        network.forward(images);
        var seen = Buffers(network);
        Assert.Equal(1, seen["layer1.0.bn1.num_batches_tracked"][0]);
        Assert.All(seen["layer1.0.bn1.running_mean"], mean => Assert.NotEqual(0, mean));

        network.eval();
        var whole = network.forward(images);
        TensorCompare.Close(whole.narrow(0, 0, 1), network.forward(images.narrow(0, 0, 1)), 1e-4, 1e-5); // others do not matter
        Assert.Equal(seen, Buffers(network));
    }

    [Fact]
    public void Weights_and_statistics_survive_a_file()
    {
        using var scope = NewDisposeScope();
        using var network = Create(EmbeddingNetworks.ResNet18, 1);
        var images = Noise(4, 1, 28, 28);
        network.forward(images);
        Safetensors.Write(folder.At("model.safetensors"), network.state_dict());

        var stored = Safetensors.Read(folder.At("model.safetensors"));
        Assert.Equal(ScalarType.Int64, stored["layer4.1.bn2.num_batches_tracked"].dtype);
        using var other = Create(EmbeddingNetworks.ResNet18, 2);
        using (no_grad())
            foreach (var (name, target) in other.state_dict()) target.copy_(stored[name]);
        Assert.Equal(Buffers(network), Buffers(other));
        network.eval();
        other.eval();
        TensorCompare.Close(network.forward(images), other.forward(images), 0);
    }

    [Fact]
    public void A_step_leaves_no_tensor_but_its_result()
    {
        using var scope = NewDisposeScope();
        using var network = Create(EmbeddingNetworks.ResNet18, 1);
        using var images = Noise(2, 1, 16, 16);
        TensorLeak.Check(() =>
        {
            using var step = NewDisposeScope();
            network.forward(images).Squared().sum().backward();
        });
    }

    [Fact]
    public void What_cannot_be_built_is_refused()
    {
        using var generator = new Generator(1);
        Assert.Contains("convnet, resnet18", Assert.Throws<UserErrorException>(() => EmbeddingNetworks.Create("deep", 1, 28, 28, generator)).Message, StringComparison.Ordinal);
        Assert.Throws<UserErrorException>(() => EmbeddingNetworks.Features("deep"));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddingNetworks.Create(EmbeddingNetworks.ConvNet, 1, 15, 28, generator));
    }

    private static nn.Module<Tensor, Tensor> Create(string name, ulong seed, int channels = 1, int side = 28)
    {
        using var generator = new Generator(seed);
        return EmbeddingNetworks.Create(name, channels, side, side, generator);
    }

    private static Tensor Noise(params long[] shape)
    {
        using var generator = new Generator(3);
        return rand(shape, generator: generator);
    }

    private static Dictionary<string, double[]> Buffers(nn.Module network) =>
        network.named_buffers().ToDictionary(b => b.name, b => TensorCompare.Numbers(b.buffer));
}
