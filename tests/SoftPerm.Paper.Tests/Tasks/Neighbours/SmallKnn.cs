using SoftPerm.Paper.Tasks.Neighbours;

namespace SoftPerm.Paper.Tests.Tasks.Neighbours;

/// <summary>A run of the neighbours task that takes a second or two.</summary>
internal static class SmallKnn
{
    public static KnnConfig Config { get; } = new()
    {
        K = 3,
        Queries = 20,
        Candidates = 20,
        Steps = 40,
        LearningRate = 5e-2,
        WarmUp = 2,
        LogEvery = 10,
        ValidateEvery = 20,
        ValidationImages = 10,
        Threads = 1,
    };

    /// <summary>The same with hardly any steps.</summary>
    public static KnnConfig Short { get; } = Config with { Queries = 5, Candidates = 5, Steps = 4, LogEvery = 1, ValidateEvery = 2 };
}
