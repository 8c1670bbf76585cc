using System.Runtime.Intrinsics;
using CsCheck;
using SoftPerm.Kernels.Numerics;
using Xunit;

namespace SoftPerm.Kernels.Tests.Numerics;

/// <summary>The vector exponential against <see cref="Math.Exp"/>, which is within 1e-15 relatively.</summary>
public sealed class VectorExpTests
{
    [Fact]
    public void One_lane() => Check<Simd64, double>();

    [Fact]
    public void Two_lanes() => Check<Simd128, Vector128<double>>();

    [Fact]
    public void Four_lanes() => Check<Simd256, Vector256<double>>();

    [Fact]
    public void Eight_lanes() => Check<Simd512, Vector512<double>>();

    private static void Check<TSimd, TVector>()
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        Gen.OneOf(Gen.Double[-708, 0], Gen.Double[-1, 0], Gen.Double[-1e-10, 0]).Array[8].Sample(AssertClose<TSimd, TVector>, iter: 20_000, threads: 1);
        AssertClose<TSimd, TVector>([0, -0.0, -double.Epsilon, -708, -707.999999, -1, -Math.Log(2), -Math.Log(2) / 2]);
        for (var k = 1; k <= 1021; k++) // halfway between powers of two, where the remainder is largest
        {
            var x = -(k - 0.5) * Math.Log(2);
            AssertClose<TSimd, TVector>([x, Math.BitIncrement(x), Math.BitDecrement(x), x / 3, x / 5, x / 7, x / 9, x / 11]);
        }

        double[] below = [-708.1, -745, -746, -1e4, -1e30, -1e300, double.MinValue, double.NegativeInfinity];
        Assert.All(Exp<TSimd, TVector>(below), found => Assert.Equal(Exp<TSimd, TVector>([-708, -1, -1, -1, -1, -1, -1, -1])[0], found));
    }

    private static void AssertClose<TSimd, TVector>(double[] x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        var found = Exp<TSimd, TVector>(x);
        for (var k = 0; k < x.Length; k++)
        {
            var expected = Math.Exp(x[k]);
            Assert.True(Math.Abs(found[k] - expected) <= Tolerances.VectorExp * expected, $"exp({x[k]:R}) is {expected:R}, found {found[k]:R}.");
        }
    }

    private static double[] Exp<TSimd, TVector>(double[] x)
        where TSimd : struct, ISimd<TVector>
        where TVector : struct
    {
        var result = new double[x.Length];
        for (var k = 0; k < x.Length; k += TSimd.Lanes)
            TSimd.Store(VectorExp.Exp<TSimd, TVector>(TSimd.Load(ref x[k], 0)), ref result[k], 0);
        return result;
    }
}
