using System.Numerics;
using Xunit;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>Every kernel against its definition, at every length.</summary>
public sealed class SortOperatorsTests(ITestOutputHelper output)
{
    private const int LongestTwice = 70; // with a guard on either side; longer ones have it on one

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
            foreach (var items in kernel.Lengths)
                for (var variant = 0; variant < (items <= LongestTwice ? 2 : 1); variant++) SortHarness<T>.Check(kernel, SortCase.Of(items, variant).Draw(), errors);
        }
        finally
        {
            output.WriteLine(errors.ToString());
        }
    }
}
