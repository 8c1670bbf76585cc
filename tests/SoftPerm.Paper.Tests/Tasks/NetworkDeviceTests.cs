using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Training;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Tasks;

public sealed class NetworkDeviceTests : IDisposable
{
    private readonly SmallRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void A_device_that_is_not_here_is_refused_with_those_that_are()
    {
        var error = Assert.ThrowsAny<UserErrorException>(() => (new SortConfig { Device = "cuda:99" }).Validate());
        Assert.Equal($"'Device' is cuda:99; allowed: {string.Join(", ", NetworkDevice.Names)}.", error.Message);
        Assert.Equal("cpu", NetworkDevice.Names[0]);
    }

    [Fact]
    public void On_the_processor_a_network_computes_what_it_does_alone()
    {
        using var scope = NewDisposeScope();
        using var network = nn.Linear(3, 2).On("cpu");
        var inputs = randn(4, 3);
        Assert.True(network.Compute(inputs).equal(network.forward(inputs)).all().item<bool>());
    }

    [Fact]
    public void A_network_on_a_gpu_trains_and_answers_on_the_processor()
    {
        Assert.SkipUnless(cuda.is_available(), "There is no GPU here.");
        var config = new SortConfig { Digits = 1, Items = 3, TrainItems = 3, Network = "small", Steps = 4, LogEvery = 1, ValidateEvery = 2, Device = "cuda:0" };
        runs.Train(config, "run");
        using var scope = NewDisposeScope();
        using var network = nn.Linear(3, 2).On("cuda:0");
        Assert.Equal(DeviceType.CPU, network.Compute(randn(4, 3)).device_type);
    }
}
