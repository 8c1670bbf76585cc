using SoftPerm.Experiments.Tasks.Neighbours;
using Xunit;

namespace SoftPerm.Experiments.Tests.Tasks.Neighbours;

public sealed class KnnConfigTests
{
    [Fact]
    public void Defaults_are_valid() => new KnnConfig().Validate();

    public static TheoryData<KnnConfig, string> Mistakes => new()
    {
        { new KnnConfig { Network = "paper" }, "--network is paper; allowed: convnet, resnet18" },
        { new KnnConfig { Method = "vanilla" }, "--method is vanilla; allowed: deterministic, stochastic, cnn" },
        { new KnnConfig { Queries = 0 }, "--queries is 0; allowed: 1 to 10000" },
        { new KnnConfig { Candidates = 10_001 }, "--candidates is 10001; allowed: 1 to 10000" },
        { new KnnConfig { K = 0 }, "--k is 0; allowed: 1 to --candidates (100)" },
        { new KnnConfig { K = 8, Candidates = 7 }, "--k is 8; allowed: 1 to --candidates (7)" },
        { new KnnConfig { Momentum = 1 }, "--momentum is 1; allowed: 0 to below 1" },
        { new KnnConfig { WeightDecay = -1 }, "--weight-decay is -1; allowed: 0 or more" },
        { new KnnConfig { WeightDecay = double.NaN }, "--weight-decay is NaN" },
        { new KnnConfig { ValidationImages = 0 }, "--validation-images is 0; allowed: 1 to 1000000" },
        { new KnnConfig { Temperature = -2 }, "--temperature is -2; allowed: a positive number" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Mistakes_are_named_with_what_is_allowed(KnnConfig config, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(config.Validate).Message, StringComparison.Ordinal);
}
