using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.Paper.Tasks.Sorting;
using Xunit;

namespace SoftPerm.Paper.Tests.Tasks;

public sealed class HeadlineTests
{
    [Fact]
    public void Data_network_relaxation_temperature_lengths_and_device_are_named()
    {
        Assert.Equal(
            "Training sort: generated images of 2 digits, small network, neural-sort (deterministic), temperature 1, lists of 50 (validation and test: of 5), on cpu",
            new SortConfig { Digits = 2, Network = "small", TrainItems = 50 }.Headline());
        Assert.Equal(
            "Training sort: mnist images of 4 digits, paper network, reinforce, no temperature, lists of 5, on cuda:0",
            new SortConfig { Dataset = "mnist", Method = "reinforce", Device = "cuda:0" }.Headline());
        Assert.Equal(
            "Training quantile: generated images of 1 digit, paper network, soft-sort (stochastic), temperature 2 to 0.5, quantile 0.25 of sets of 9, on cpu",
            new QuantileConfig { Digits = 1, Method = "stochastic", Relaxation = "soft-sort", Temperature = 2, FinalTemperature = .5, Quantile = .25, Items = 9 }.Headline());
        Assert.Equal(
            "Training knn: mnist images, convnet network, neural-sort (deterministic), temperature 16, 9 neighbours of 100 queries among 100 candidates, on cpu",
            new KnnConfig { Dataset = "mnist", Temperature = 16, FinalTemperature = 16 }.Headline());
        Assert.Equal("Training knn: mnist images, resnet18 network, linear classifier (cnn), no temperature, 200 images a step, on cpu", new KnnConfig { Dataset = "mnist", Network = "resnet18", Method = "cnn" }.Headline());
    }
}
