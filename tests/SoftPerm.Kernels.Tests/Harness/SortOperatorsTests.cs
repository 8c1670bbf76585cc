using System.Numerics;
using Xunit;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>Every kernel against its definition, at every length.</summary>
public sealed class SortOperatorsTests(ITestOutputHelper output)
{
    private const int Variants = 2;

    public static TheoryData<string> Names { get; } = [.. TestedKernel.All.Select(kernel => kernel.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Doubles_agree_with_the_definition_at_every_length(string name) => CheckLengths<double>(name);

    [Theory, MemberData(nameof(Names))]
    public void Floats_agree_with_the_definition_at_every_length(string name) => CheckLengths<float>(name);

    private void CheckLengths<T>(string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var kernel = TestedKernel.Named(name);
        var errors = new ErrorMeter();
        try
        {
            for (var items = 1; items <= kernel.Longest; items++)
                for (var variant = 0; variant < Variants; variant++) SortHarness<T>.Check(kernel, SortCase.Of(items, variant).Draw(), errors);
        }
        finally
        {
            output.WriteLine(errors.ToString());
        }
    }
}
