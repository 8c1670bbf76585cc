using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Tasks.Neighbours;

public sealed class KnnConfigTests
{
    [Fact]
    public void Defaults_are_valid() => new KnnConfig().Validate();

    public static TheoryData<KnnConfig, string> Mistakes => new()
    {
        { new KnnConfig { Network = "paper" }, "'Network' is paper; allowed: convnet, resnet18" },
        { new KnnConfig { Method = "vanilla" }, "'Method' is vanilla; allowed: deterministic, stochastic, cnn" },
        { new KnnConfig { Queries = 0 }, "'Queries' is 0; allowed: 1 to 10000" },
        { new KnnConfig { Candidates = 10_001 }, "'Candidates' is 10001; allowed: 1 to 10000" },
        { new KnnConfig { K = 0 }, "'K' is 0; allowed: 1 to 'Candidates' (100)" },
        { new KnnConfig { K = 8, Candidates = 7 }, "'K' is 8; allowed: 1 to 'Candidates' (7)" },
        { new KnnConfig { Momentum = 1 }, "'Momentum' is 1; allowed: 0 to below 1" },
        { new KnnConfig { WeightDecay = -1 }, "'WeightDecay' is -1; allowed: 0 or more" },
        { new KnnConfig { WeightDecay = double.NaN }, "'WeightDecay' is NaN" },
        { new KnnConfig { ValidationImages = 0 }, "'ValidationImages' is 0; allowed: 1 to 1000000" },
        { new KnnConfig { Temperature = -2 }, "'Temperature' is -2; allowed: a positive number" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Mistakes_are_named_with_what_is_allowed(KnnConfig config, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<UserErrorException>(config.Validate).Message, StringComparison.Ordinal);
}
