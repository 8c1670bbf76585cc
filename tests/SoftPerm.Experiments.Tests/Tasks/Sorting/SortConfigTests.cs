using SoftPerm.Experiments.Tasks.Sorting;
using Xunit;

namespace SoftPerm.Experiments.Tests.Tasks.Sorting;

public sealed class SortConfigTests
{
    [Fact]
    public void Defaults_are_valid() => new SortConfig().Validate();

    public static TheoryData<SortConfig, string> Mistakes => new()
    {
        { new SortConfig { Digits = 0 }, "--digits is 0; allowed: 1 to 9" },
        { new SortConfig { Items = 1 }, "--items is 1; allowed: 2 to 10000" },
        { new SortConfig { TrainItems = 1 }, "--train-items is 1" },
        { new SortConfig { Network = "deep" }, "--network is deep; allowed: paper, small" },
        { new SortConfig { Relaxation = "magic" }, "--relaxation is magic; allowed: neural-sort" },
        { new SortConfig { Relaxation = "soft-sort", Method = "reinforce" }, "--relaxation is soft-sort; allowed: none with --method reinforce" },
        { new SortConfig { Relaxation = "permutahedron", Method = "stochastic" }, "--method is stochastic; allowed: deterministic with --relaxation permutahedron" },
        { new SortConfig { Method = "magic" }, "--method is magic; allowed: deterministic, stochastic" },
        { new SortConfig { Method = "reinforce-leave-one-out", Samples = 1 }, "--samples is 1; allowed: at least 2 with --method reinforce-leave-one-out" },
        { new SortConfig { Method = "sinkhorn", TrainItems = 9 }, "--train-items is 9; allowed: as many as --items (5) with --method sinkhorn" },
        { new SortConfig { Method = "vanilla", Items = 101, TrainItems = 101, Sequences = 1 }, "--items is 101; allowed: 2 to 100 with --method vanilla" },
        { new SortConfig { Temperature = 0 }, "--temperature is 0" },
        { new SortConfig { FinalTemperature = double.NaN }, "--final-temperature is NaN" },
        { new SortConfig { LearningRate = double.PositiveInfinity }, "--learning-rate is Infinity" },
        { new SortConfig { Schedule = "steps" }, "--schedule is steps; allowed: constant, cosine" },
        { new SortConfig { LogEvery = 30 }, "--validate-every is 500; allowed: a multiple of --log-every (30)" },
        { new SortConfig { Steps = 0 }, "--steps is 0" },
        { new SortConfig { Threads = -1 }, "--threads is -1" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Mistakes_are_named_with_what_is_allowed(SortConfig config, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(config.Validate).Message, StringComparison.Ordinal);
}
