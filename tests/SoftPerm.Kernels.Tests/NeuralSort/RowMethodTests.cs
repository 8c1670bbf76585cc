using CsCheck;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>Every way to sum rows gives what the definition gives, in every width.</summary>
public sealed class RowMethodTests(ITestOutputHelper output)
{
    private static readonly int[] Lengths = [1, 2, 5, 17, 32, 33, 100, 700];

    public static MatrixTheoryData<RowMethod, SimdWidth> Cases { get; } = new(Enum.GetValues<RowMethod>(), Enum.GetValues<SimdWidth>());

    [Fact]
    public void The_table_has_every_method() => Assert.Equal(Enum.GetValues<RowMethod>(), RowLimits.Table.Keys.Order());

    [Theory, MemberData(nameof(Cases))]
    public void Agrees_with_the_definition(RowMethod method, SimdWidth width)
    {
        var errors = new WorstErrors();
        Gen.Select(Gen.Int[0, Lengths.Length - 1], Gen.Int[-3, 3], Gen.Int[0, ScoreKinds.Names.Count - 1], Gen.Int[0, int.MaxValue - 1]).Sample(
            (length, power, kind, seed) =>
            {
                var sequences = Lengths[length] <= 32 ? 9 : 1;
                ApplyCheck.Run<double>(ScoreKinds.Names[kind], Lengths[length], Math.Pow(10, power), sequences, new Random(seed), errors,
                    settings => settings with { Width = width, Method = method });
            },
            iter: 30, threads: 1);
        output.WriteLine(errors.ToString());
    }
}
