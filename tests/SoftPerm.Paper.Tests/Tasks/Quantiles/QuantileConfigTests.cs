using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Tasks.Quantiles;

public sealed class QuantileConfigTests
{
    [Fact]
    public void Defaults_are_valid() => new QuantileConfig().Validate();

    public static TheoryData<QuantileConfig, string> Mistakes => new()
    {
        { new QuantileConfig { Quantile = -0.1 }, "'Quantile' is -0.1; allowed: 0 to 1" },
        { new QuantileConfig { Quantile = double.NaN }, "'Quantile' is NaN; allowed: 0 to 1" },
        { new QuantileConfig { Method = "reinforce" }, "'Method' is reinforce; allowed: deterministic, stochastic, vanilla, sinkhorn, gumbel-sinkhorn" },
        { new QuantileConfig { Method = "vanilla", SharedNetwork = true }, "'SharedNetwork' is true; allowed: false with 'Method' vanilla" },
        { new QuantileConfig { Items = 1 }, "'Items' is 1; allowed: 2 to 10000" },
        { new QuantileConfig { Items = 101 }, "'Items' is 101; allowed: 2 to 100" },
        { new QuantileConfig { Dataset = "cifar-10" }, "'Dataset' is cifar-10; allowed: generated, mnist, fashion-mnist" },
        { new QuantileConfig { Digits = 10 }, "'Digits' is 10; allowed: 1 to 9" },
        { new QuantileConfig { Sequences = 0 }, "'Sequences' is 0; allowed: 1 to 100000" },
        { new QuantileConfig { Network = "convnet" }, "'Network' is convnet; allowed: paper, small, digits" },
        { new QuantileConfig { ValidationSequences = 1 }, "'ValidationSequences' is 1; allowed: 2 to" },
        { new QuantileConfig { TestSequences = 1 }, "'TestSequences' is 1; allowed: 2 to" },
        { new QuantileConfig { Samples = 0 }, "'Samples' is 0; allowed: 1 to 10000" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Mistakes_are_named_with_what_is_allowed(QuantileConfig config, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<UserErrorException>(config.Validate).Message, StringComparison.Ordinal);
}
