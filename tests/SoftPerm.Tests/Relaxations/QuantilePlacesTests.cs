using CsCheck;
using SoftPerm.Relaxations;
using Xunit;

namespace SoftPerm.Tests.Relaxations;

/// <summary>Where quantiles lie between places.</summary>
public sealed class QuantilePlacesTests
{
    [Theory]
    [InlineData(0, 5, 0, 0, 0), InlineData(1, 5, 4, 4, 0), InlineData(0.5, 5, 2, 2, 0), InlineData(0.5, 4, 1, 2, 0.5), InlineData(0.3, 1, 0, 0, 0)]
    [InlineData(0.7, 0, 0, 0, 0), InlineData(0.625, 5, 2, 3, 0.5)]
    public void Places_and_weights_are_those_of_linear_interpolation(double quantile, long items, long lower, long upper, double weight) =>
        Assert.Equal((lower, upper, weight), QuantilePlaces.Around(quantile, descending: false, items));

    [Fact]
    public void Both_directions_agree_to_the_last_digit() => Gen.Select(Gen.Double[0, 1], Gen.Long[1, 1_000_000]).Sample((quantile, items) =>
    {
        var up = QuantilePlaces.Around(quantile, descending: false, items);
        var down = QuantilePlaces.Around(quantile, descending: true, items);
        Assert.Equal((items - 1 - up.Lower, items - 1 - up.Upper, up.Weight), down);
        Assert.InRange(up.Weight, 0, 1);
    });

    /// <summary>As the quantile of a place is written by hand, by division, or counted from the other end.</summary>
    [Fact]
    public void A_quantile_that_falls_on_a_place_takes_it_alone()
    {
        for (long last = 1; last <= 2000; last++)
            for (var place = 0L; place <= last; place++)
                foreach (var quantile in (double[])[(double)place / last, 1 - (double)(last - place) / last, place * (1.0 / last)])
                    Assert.Equal((place, place, 0), QuantilePlaces.Around(Math.Clamp(quantile, 0, 1), descending: false, last + 1));
    }

    [Fact]
    public void A_quantile_near_a_place_is_not_on_it()
    {
        var (lower, upper, weight) = QuantilePlaces.Around(0.5 + 1e-13, descending: false, 11);
        Assert.Equal((5, 6), (lower, upper));
        Assert.InRange(weight, 0.9e-12, 1.1e-12);
    }
}
