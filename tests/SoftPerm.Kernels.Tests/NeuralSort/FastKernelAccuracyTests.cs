using System.Numerics;
using CsCheck;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>P X by the fast kernels against the dense definition in float64.</summary>
/// <remarks><see cref="ApplyCheck"/> says what is promised.</remarks>
public sealed class FastKernelAccuracyTests(ITestOutputHelper output)
{
    private static readonly int[] Lengths = [1, 2, 3, 5, 7, 15, 16, 31, 32, 33, 64, 100, 257, 1000];

    public static TheoryData<string> Kinds { get; } = [.. ScoreKinds.Names];

    [Theory, MemberData(nameof(Kinds))]
    public void Doubles_agree_with_the_dense_definition(string kind) => CheckAll<double>(kind, Lengths, 100);

    [Theory, MemberData(nameof(Kinds))]
    public void Floats_agree_with_the_dense_definition(string kind) => CheckAll<float>(kind, Lengths, 100);

    [Theory, MemberData(nameof(Kinds))]
    public void Long_sequences_of_doubles_agree_with_the_dense_definition(string kind) => CheckAll<double>(kind, [4000], 2);

    [Theory, MemberData(nameof(Kinds))]
    public void Long_sequences_of_floats_agree_with_the_dense_definition(string kind) => CheckAll<float>(kind, [4000], 2);

    private void CheckAll<T>(string kind, int[] lengths, int cases)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var errors = new WorstErrors();
        Gen.Select(Gen.Int[0, lengths.Length - 1].Select(k => lengths[k]), Gen.Int[-6, 6], Gen.Bool, Gen.Int[0, int.MaxValue - 1])
            .Sample((n, power, many, seed) =>
                ApplyCheck.Run<T>(kind, n, Math.Pow(10, power), many && n <= 64 ? 9 : 1, new Random(seed), errors), iter: cases, threads: 1);
        output.WriteLine(errors.ToString());
    }
}
