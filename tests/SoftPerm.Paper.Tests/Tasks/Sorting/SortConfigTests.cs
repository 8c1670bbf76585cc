using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Tasks.Sorting;

public sealed class SortConfigTests
{
    [Fact]
    public void Defaults_are_valid() => new SortConfig().Validate();

    public static TheoryData<SortConfig, string> Mistakes => new()
    {
        { new SortConfig { Digits = 0 }, "'Digits' is 0; allowed: 1 to 9" },
        { new SortConfig { Items = 1 }, "'Items' is 1; allowed: 2 to 10000" },
        { new SortConfig { TrainItems = 1 }, "'TrainItems' is 1" },
        { new SortConfig { Network = "deep" }, "'Network' is deep; allowed: paper, small" },
        { new SortConfig { Relaxation = "magic" }, "'Relaxation' is magic; allowed: neural-sort" },
        { new SortConfig { Relaxation = "soft-sort", Method = "reinforce" }, "'Relaxation' is soft-sort; allowed: none with 'Method' reinforce" },
        { new SortConfig { Relaxation = "permutahedron", Method = "stochastic" }, "'Method' is stochastic; allowed: deterministic with 'Relaxation' permutahedron" },
        { new SortConfig { Method = "magic" }, "'Method' is magic; allowed: deterministic, stochastic" },
        { new SortConfig { Method = "reinforce-leave-one-out", Samples = 1 }, "'Samples' is 1; allowed: at least 2 with 'Method' reinforce-leave-one-out" },
        { new SortConfig { Method = "sinkhorn", TrainItems = 9 }, "'TrainItems' is 9; allowed: as many as 'Items' (5) with 'Method' sinkhorn" },
        { new SortConfig { Method = "vanilla", Items = 101, TrainItems = 101, Sequences = 1 }, "'Items' is 101; allowed: 2 to 100 with 'Method' vanilla" },
        { new SortConfig { Temperature = 0 }, "'Temperature' is 0" },
        { new SortConfig { FinalTemperature = double.NaN }, "'FinalTemperature' is NaN" },
        { new SortConfig { LearningRate = double.PositiveInfinity }, "'LearningRate' is Infinity" },
        { new SortConfig { Schedule = "steps" }, "'Schedule' is steps; allowed: constant, cosine" },
        { new SortConfig { LogEvery = 30 }, "'ValidateEvery' is 500; allowed: a multiple of 'LogEvery' (30)" },
        { new SortConfig { Steps = 0 }, "'Steps' is 0" },
        { new SortConfig { Threads = -1 }, "'Threads' is -1" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Mistakes_are_named_with_what_is_allowed(SortConfig config, string message) =>
        Assert.Contains(message, Assert.ThrowsAny<UserErrorException>(config.Validate).Message, StringComparison.Ordinal);
}
