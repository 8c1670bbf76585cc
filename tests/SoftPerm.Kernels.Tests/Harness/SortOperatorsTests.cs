using System.Numerics;
using SoftPerm.Kernels.Tests.Memory;
using Xunit;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>Every kernel against its definition, at every length.</summary>
public sealed class SortOperatorsTests(ITestOutputHelper output)
{
    private const int LongestTwice = 70; // with a guard on either side; longer ones have it on one, and few of them floats

    public static TheoryData<string> Names { get; } = [.. TestedKernel.All.Select(kernel => kernel.Name)];

    [Theory, MemberData(nameof(Names))]
    public void Doubles_agree_with_the_definition_at_every_length(string name) => CheckLengths<double>(name);

    [Theory, MemberData(nameof(Names))]
    public void Floats_agree_with_the_definition_at_every_length(string name) => CheckLengths<float>(name);

    /// <summary>Scratch comes from pools that have no guards, and holds anything at first: whatever is read before it is written shows as nonsense.</summary>
    [Theory, MemberData(nameof(Names))]
    public void Results_do_not_depend_on_what_scratch_held(string name)
    {
        foreach (var items in new[] { 1, 16, 33, 70 })
            foreach (var isMasked in new[] { false, true })
            {
                SharedPools.Soil(1 << 14);
                SortHarness<double>.Check(TestedKernel.Named(name), (new SortCase(items, items < 33 ? 9 : 1, 3, items) { Kind = "clusters", IsMasked = isMasked }).Draw(), new ErrorMeter());
            }
    }

    private void CheckLengths<T>(string name)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var kernel = TestedKernel.Named(name);
        var errors = new ErrorMeter();
        try
        {
            foreach (var items in kernel.Lengths.Where(items => items <= LongestTwice || typeof(T) == typeof(double) || items % 3 == 2))
                for (var variant = 0; variant < (items <= LongestTwice ? 2 : 1); variant++) SortHarness<T>.Check(kernel, SortCase.Of(items, variant).Draw(), errors);
        }
        finally
        {
            output.WriteLine(errors.ToString());
        }
    }
}
