using Xunit;

namespace SoftPerm.Training.Tests;

public sealed class SplitMix64Tests
{
    [Fact]
    public void Streams_of_neighbouring_indices_and_seeds_differ()
    {
        var first = from seed in Enumerable.Range(0, 30) from index in Enumerable.Range(0, 30) select First((ulong)seed, (ulong)index);
        Assert.Equal(900, first.Distinct().Count());

        static ulong First(ulong seed, ulong index) => new SplitMix64(seed, index).Next();
    }

    [Fact]
    public void Integers_below_a_bound_are_uniform()
    {
        // Chi-square with 6 degrees of freedom: above 40 once in 2 million seeds.
        var random = new SplitMix64(1, 2);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++) counts[random.Below(7)]++;
        Assert.InRange(counts.Sum(count => (count - 10_000.0) * (count - 10_000.0) / 10_000), 0, 40);
    }

    [Fact]
    public void Units_stay_in_range_and_average_a_half()
    {
        var random = new SplitMix64(3, 4);
        var draws = Enumerable.Range(0, 100_000).Select(_ => random.Unit()).ToArray();
        Assert.All(draws, draw => Assert.True(draw is >= 0 and < 1));
        // Standard deviation of the mean 0.29 / 316 = 0.0009; six of them.
        Assert.InRange(draws.Average(), 0.4945, 0.5055);
    }
}
