using CsCheck;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>Random scores and temperatures.</summary>
internal static class Sequences
{
    public static Gen<double> Temperature { get; } = Gen.Double[-3, 3].Select(e => Math.Pow(10, e));

    public static Gen<double[]> Any { get; } = Gen.Double[-3, 3].Array[1, 24];

    /// <summary>Small integers: many ties.</summary>
    public static Gen<double[]> Tied { get; } = Gen.Int[-2, 2].Select(s => (double)s).Array[1, 24];

    /// <summary>Neighbours at least 0.05 apart, in random order.</summary>
    public static Gen<double[]> Apart { get; } = Gen.Double[0.05, 1].Array[2, 8].SelectMany(gaps =>
    {
        var scores = new double[gaps.Length];
        for (var k = 1; k < scores.Length; k++) scores[k] = scores[k - 1] + gaps[k];
        return Gen.Shuffle(scores);
    });
}
