using SoftPerm.Kernels.Numerics;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Kernels.Tests.Numerics;

/// <summary>exp(x) - 1 against its series, its inverse and its limits.</summary>
public sealed class ExpMinusOneTests
{
    [Fact]
    public void Small_arguments_keep_their_digits()
    {
        for (var x = 1e-300; x < 0.01; x *= 3)
        {
            foreach (var y in new[] { x, -x }) Compare.Close(y * (1 + y / 2 * (1 + y / 3 * (1 + y / 4 * (1 + y / 5 * (1 + y / 6))))), ExpMinusOne.Of(y), Tolerances.ExpSeries);
        }
    }

    [Fact]
    public void Larger_arguments_follow_the_exponential()
    {
        for (var x = 0.01; x < 700; x *= 1.1)
        {
            // By exp(2x) - 1 = (exp(x) - 1)(exp(x) + 1), from both halves.
            Compare.Close(ExpMinusOne.Of(x / 2) * (Math.Exp(x / 2) + 1), ExpMinusOne.Of(x), Tolerances.ExpHalves);
            Compare.Close(ExpMinusOne.Of(-x / 2) * (Math.Exp(-x / 2) + 1), ExpMinusOne.Of(-x), Tolerances.ExpHalves);
        }
    }

    [Fact]
    public void Limits_are_those_of_the_exponential()
    {
        Assert.Equal(0, ExpMinusOne.Of(0));
        Assert.Equal(-1, ExpMinusOne.Of(double.NegativeInfinity));
        Assert.Equal(double.PositiveInfinity, ExpMinusOne.Of(double.PositiveInfinity));
        Assert.True(double.IsNaN(ExpMinusOne.Of(double.NaN)));
    }
}
