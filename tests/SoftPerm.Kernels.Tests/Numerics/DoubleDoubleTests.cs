using System.Numerics;
using CsCheck;
using SoftPerm.Kernels.Numerics;
using Xunit;

namespace SoftPerm.Kernels.Tests.Numerics;

/// <summary>Twice the precision, against whole numbers of any length.</summary>
public sealed class DoubleDoubleTests
{
    private const long Largest = 1L << 53;

    private static readonly Gen<double> Whole = Gen.Long[-Largest, Largest].Select(number => (double)number);

    [Fact]
    public void Products_of_doubles_are_exact() => Gen.Select(Whole, Whole).Sample((left, right) =>
        Assert.Equal(new BigInteger(left) * new BigInteger(right), Exact(DoubleDouble.TwoProduct(left, right))));

    [Fact]
    public void Sums_of_doubles_are_exact() => Gen.Select(Whole, Whole).Sample((left, right) =>
        Assert.Equal(new BigInteger(left) + new BigInteger(right), Exact(new DoubleDouble(left, 0) + new DoubleDouble(right, 0))));

    [Fact]
    public void A_small_number_outlives_a_large_one_that_comes_and_goes() => Assert.Equal(
        1e-10, (new DoubleDouble(1e-10, 0) + new DoubleDouble(1e5, 0) - new DoubleDouble(1e5, 0)).Value, 1e-10 * 1e-15);

    [Fact]
    public void Sums_of_products_lose_at_most_2_to_the_100th_part_each() => Gen.Select(Whole, Whole, Whole).Array[1, 40].Sample(terms =>
    {
        var (sum, exact, size) = (default(DoubleDouble), BigInteger.Zero, BigInteger.Zero);
        foreach (var (left, right, taken) in terms)
        {
            sum = sum + DoubleDouble.TwoProduct(left, right) - new DoubleDouble(taken, 0);
            var product = new BigInteger(left) * new BigInteger(right);
            exact += product - new BigInteger(taken);
            size += BigInteger.Abs(product) + BigInteger.Abs(new BigInteger(taken));
        }

        Assert.True(BigInteger.Abs(Exact(sum) - exact) <= terms.Length * (size >> 100), $"{exact} expected, found {Exact(sum)}.");
    });

    [Fact]
    public void Times_a_double_loses_at_most_2_to_the_100th_part() => Gen.Select(Whole, Whole, Gen.Int[-1 << 20, 1 << 20]).Sample((left, right, factor) =>
    {
        var exact = new BigInteger(left) * new BigInteger(right) * factor;
        var found = Exact(DoubleDouble.TwoProduct(left, right) * factor);
        Assert.True(BigInteger.Abs(found - exact) <= BigInteger.Abs(exact) >> 100, $"{exact} expected, found {found}.");
    });

    private static BigInteger Exact(DoubleDouble number) => new BigInteger(number.High) + new BigInteger(number.Low);
}
