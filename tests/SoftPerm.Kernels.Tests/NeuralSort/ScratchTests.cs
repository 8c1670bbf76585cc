using SoftPerm.Kernels.Tests.Memory;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>Scratch holds anything at first: results must not depend on what.</summary>
public sealed class ScratchTests
{
    public static TheoryData<string> Names { get; } = [.. Operators.Names];

    [Theory, MemberData(nameof(Names))]
    public void Results_do_not_depend_on_what_scratch_held(string name)
    {
        foreach (var items in new[] { 1, 16, 33, 257 })
            foreach (var sequences in new[] { 1, 9 })
                foreach (var power in new[] { -3, 1 })
                {
                    var batch = Operators.Draw<double>("clusters", items, sequences, Math.Pow(10, power), items);
                    Check(name, batch, items, 1 << 14);
                    Check(name, batch with { Present = [.. batch.Scores.Select((_, k) => k % 3 > 0)] }, items, 1 << 14);
                }
    }

    [Theory, InlineData("apply"), InlineData("apply transpose"), InlineData("first rows"), InlineData("cross-entropy")]
    public void Results_of_several_stretches_do_not_depend_on_what_scratch_held(string name)
    {
        foreach (var power in new[] { -3, 0, 3 }) Check(name, Operators.Draw<double>("clusters", 3 * 2048 + 5, 1, Math.Pow(10, power), 1), 1, 1 << 17);
    }

    private static void Check(string name, Batch<double> batch, int seed, int longestScratch)
    {
        SharedPools.Clean(longestScratch);
        var expected = Operators.Run(name, batch, 3, seed);
        SharedPools.Soil(longestScratch);
        Outcomes.AssertSame(expected, Operators.Run(name, batch, 3, seed));
    }
}
