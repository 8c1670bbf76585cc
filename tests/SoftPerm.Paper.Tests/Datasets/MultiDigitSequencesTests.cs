using SoftPerm.Paper.Datasets;
using Xunit;

namespace SoftPerm.Paper.Tests.Datasets;

public sealed class MultiDigitSequencesTests
{
    /// <summary>Ten images of 2×3; every pixel of digit d is 20·d + its place.</summary>
    private static readonly ImageSet Digits = new(
        1, 2, 3, [.. Enumerable.Range(0, 60).Select(i => (byte)(20 * (i / 6) + i % 6))], [.. Enumerable.Range(0, 10).Select(d => (byte)d)]);

    [Fact]
    public void Numbers_are_the_digits_shown_most_significant_first()
    {
        var (pixels, numbers) = Fill(new MultiDigitSequences(Digits, 4, 5, seed: 7), 3, 8);
        Assert.Equal(40, numbers.Length);
        for (var image = 0; image < numbers.Length; image++)
        {
            for (var d = 0; d < 4; d++)
            {
                var digit = numbers[image] / (int)Math.Pow(10, 3 - d) % 10;
                for (var k = 0; k < 6; k++) Assert.Equal((20 * digit + k) / 255f, pixels[image * 24 + k / 3 * 12 + d * 3 + k % 3]);
            }
        }
    }

    [Fact]
    public void A_batch_is_a_function_of_seed_and_index_alone()
    {
        var source = new MultiDigitSequences(Digits, 2, 5, seed: 7);
        var first = Fill(source, 1_000_000_007, 4);
        Fill(source, 3, 9);
        foreach (var again in new[] { Fill(source, 1_000_000_007, 4), Fill(new MultiDigitSequences(Digits, 2, 5, seed: 7), 1_000_000_007, 4) })
        {
            Assert.Equal(first.Pixels, again.Pixels);
            Assert.Equal(first.Numbers, again.Numbers);
        }

        Assert.NotEqual(first.Numbers, Fill(source, 1_000_000_008, 4).Numbers);
        Assert.NotEqual(first.Numbers, Fill(new MultiDigitSequences(Digits, 2, 5, seed: 8), 1_000_000_007, 4).Numbers);
    }

    [Fact]
    public void The_series_does_not_depend_on_how_it_is_cut_into_batches()
    {
        var source = new MultiDigitSequences(Digits, 2, 3, seed: 1);
        var (pixels, numbers) = Fill(source, 1, 12);
        var parts = Enumerable.Range(3, 3).Select(index => Fill(source, index, 4)).ToArray();
        Assert.Equal(pixels, parts.SelectMany(p => p.Pixels));
        Assert.Equal(numbers, parts.SelectMany(p => p.Numbers));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)] // pairs within a number: digits do not depend on each other
    [InlineData(2, 1)]
    public void Numbers_are_uniform(ulong seed, int digitsPerNumber)
    {
        var cells = (int)Math.Pow(10, digitsPerNumber);
        var (_, numbers) = Fill(new MultiDigitSequences(Digits, digitsPerNumber, 5, seed), 0, 20 * cells);
        Assert.True(ChiSquare(numbers, cells) < Limit(cells - 1), $"χ² is {ChiSquare(numbers, cells)}, limit {Limit(cells - 1)}");
        Assert.True(ChiSquare([.. numbers.Select(n => Math.Max(n, 1))], cells) > Limit(cells - 1), "A missing number goes unseen.");
    }

    [Fact]
    public void Neighbours_in_a_sequence_and_between_sequences_do_not_depend_on_each_other()
    {
        var (_, numbers) = Fill(new MultiDigitSequences(Digits, 1, 5, seed: 3), 0, 2000);
        int[] within = [.. numbers.Chunk(5).SelectMany(s => new[] { 10 * s[0] + s[1], 10 * s[2] + s[3] })];
        int[] between = [.. numbers.Chunk(10).Select(s => 10 * s[0] + s[5])];
        Assert.True(ChiSquare(within, 100) < Limit(99));
        Assert.True(ChiSquare(between, 100) < Limit(99));
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiDigitSequences(Digits, 0, 5, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiDigitSequences(Digits, 10, 5, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MultiDigitSequences(Digits, 4, 0, 1));
        Assert.Throws<ArgumentException>(() => new MultiDigitSequences(Digits.Slice(0, 0), 4, 5, 1));
        Assert.Throws<ArgumentException>(() => new MultiDigitSequences(new ImageSet(3, 1, 1, [1, 2, 3], [0]), 4, 5, 1));
        Assert.Contains("10", Assert.Throws<ArgumentException>(() => new MultiDigitSequences(new ImageSet(1, 1, 1, [1], [10]), 4, 5, 1)).Message, StringComparison.Ordinal);
        var source = new MultiDigitSequences(Digits, 2, 3, 1);
        Assert.Equal((3, 2, 6), (source.Items, source.Height, source.Width));
        Assert.Throws<ArgumentOutOfRangeException>(() => Fill(source, -1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.Fill(0, -1, [], []));
        Assert.Throws<ArgumentException>(() => source.Fill(0, 1, new float[36], new int[2]));
        Assert.Throws<ArgumentException>(() => source.Fill(0, 1, new float[35], new int[3]));
    }

    private static (float[] Pixels, int[] Numbers) Fill(MultiDigitSequences source, long index, int sequences)
    {
        var numbers = new int[sequences * source.Items];
        var pixels = new float[numbers.Length * source.Height * source.Width];
        source.Fill(index, sequences, pixels, numbers);
        return (pixels, numbers);
    }

    private static double ChiSquare(int[] numbers, int cells)
    {
        var counts = new int[cells];
        foreach (var n in numbers) counts[n]++;
        var expected = (double)numbers.Length / cells;
        return counts.Sum(c => (c - expected) * (c - expected) / expected);
    }

    /// <summary>What uniform numbers exceed with probability 1e-6 (z = 4.753), after Wilson and Hilferty: false alarms are one in a million seeds.</summary>
    private static double Limit(int freedom)
    {
        var variance = 2.0 / (9 * freedom);
        return freedom * Math.Pow(1 - variance + 4.753 * Math.Sqrt(variance), 3);
    }
}
