using System.Diagnostics;
using SoftPerm.Paper.Datasets;
using Xunit;

namespace SoftPerm.Paper.Tests.Datasets;

public sealed class SequencePrefetcherTests
{
    private static readonly MultiDigitSequences Source = new(new ImageSet(1, 1, 1, [10, 20, 30, 40, 50, 60], [1, 2, 3, 4, 5, 6]), 2, 3, seed: 5);

    [Theory]
    [InlineData(0)]
    [InlineData(41)]
    public void Batches_come_in_order_from_the_index_given_as_the_source_makes_them(long first)
    {
        using var prefetcher = new SequencePrefetcher(Source, 4, first, capacity: 2);
        for (var index = first; index < first + 20; index++)
        {
            var batch = prefetcher.Next();
            var (pixels, numbers) = (new float[24], new int[12]);
            Source.Fill(index, 4, pixels, numbers);
            Assert.Equal((index, 4), (batch.Index, batch.Sequences));
            Assert.Equal(pixels, batch.Pixels);
            Assert.Equal(numbers, batch.Numbers);
            if (index % 3 != 0) prefetcher.Return(batch);
        }
    }

    [Fact]
    public void Arrays_given_back_are_used_again()
    {
        using var prefetcher = new SequencePrefetcher(Source, 4, 0, capacity: 3);
        var arrays = new HashSet<float[]>(ReferenceEqualityComparer.Instance);
        for (var k = 0; k < 100; k++)
        {
            var batch = prefetcher.Next();
            arrays.Add(batch.Pixels);
            prefetcher.Return(batch);
        }

        Assert.InRange(arrays.Count, 1, 3 + 2); // ready, at the producer, at the consumer
    }

    [Fact]
    public void Batches_kept_are_not_written_to_again()
    {
        using var prefetcher = new SequencePrefetcher(Source, 4, 0);
        var kept = Enumerable.Range(0, 10).Select(_ => prefetcher.Next()).ToArray();
        Assert.Equal(10, kept.Select(b => b.Pixels).Distinct().Count());
    }

    [Fact]
    public void A_failing_producer_shows_in_next()
    {
        using var prefetcher = new SequencePrefetcher(Source, 4, 0, capacity: 1);
        prefetcher.Return(new SequenceBatch(0, 4, [], [])); // too small to be filled
        var e = Assert.Throws<InvalidOperationException>(() =>
        {
            for (var k = 0; k < 100; k++) prefetcher.Next();
        });
        Assert.Contains("4 sequences take 12 numbers", Assert.IsType<ArgumentException>(e.InnerException).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(prefetcher.Next);
    }

    [Fact]
    public void Dispose_ends_a_waiting_producer_at_once_and_twice_is_once()
    {
        var prefetcher = new SequencePrefetcher(Source, 4, 0, capacity: 1);
        prefetcher.Next();
        var watch = Stopwatch.StartNew();
        prefetcher.Dispose();
        prefetcher.Dispose();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10)); // a busy machine; a hang would be for ever
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequencePrefetcher(Source, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequencePrefetcher(Source, 1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequencePrefetcher(Source, 1, 0, capacity: 0));
    }
}
