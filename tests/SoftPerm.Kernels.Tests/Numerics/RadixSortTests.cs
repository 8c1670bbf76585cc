using CsCheck;
using SoftPerm.Kernels.Numerics;
using Xunit;

namespace SoftPerm.Kernels.Tests.Numerics;

/// <summary>The sort of entries against LINQ's, which is stable.</summary>
public sealed class RadixSortTests
{
    // Around the lengths at which the algorithm changes.
    private static readonly int[] Lengths = [.. Enumerable.Range(0, 258), 399, 400, 401, (1 << 14) - 1, 1 << 14, (1 << 14) + 1, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 100_000];
    private static readonly int[] Threads = [1, 2, 3];
    private static readonly float[] Special = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0f, -0f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue, 1f, -1f];

    [Fact]
    public void Floats_are_sorted_as_by_linq() => Check<SingleEntry>(single: true);

    [Fact]
    public void Doubles_are_sorted_as_by_linq() => Check<DoubleEntry>(single: false);

    [Fact]
    public void Negative_nan_sorts_first_too()
    {
        double[] scores = [1, -double.NaN, double.PositiveInfinity, double.NaN];
        Assert.Equal([1, 3, 2, 0], Sorted<DoubleEntry>(scores, 1).Take(scores.Length).Select(entry => entry.Index));
        Assert.Equal([1, 3, 2, 0], Sorted<SingleEntry>(scores, 1).Take(scores.Length).Select(entry => entry.Index));
    }

    private static void Check<TEntry>(bool single)
        where TEntry : struct, ISortEntry<TEntry>
    {
        foreach (var length in Lengths)
            for (var kind = 0; kind < 3; kind++)
                Gen.Int[0, 1 << 30].Sample(seed => CheckOne<TEntry>(Draw(length, kind, single, new Random(seed))), iter: length > 1000 ? 1 : 3, threads: 1);
    }

    private static void CheckOne<TEntry>(double[] scores)
        where TEntry : struct, ISortEntry<TEntry>
    {
        int[] expected = [.. Enumerable.Range(0, scores.Length).OrderByDescending(j => double.IsNaN(scores[j])).ThenByDescending(j => scores[j])];
        foreach (var threads in Threads)
        {
            var sorted = Sorted<TEntry>(scores, threads);
            for (var place = 0; place < expected.Length; place++)
            {
                if (sorted[place].Index == expected[place] && sorted[place].Score.Equals(scores[expected[place]] + 0.0)) continue;
                Assert.Fail($"{scores.Length} scores, {threads} threads: at place {place} is {sorted[place]}, not item {expected[place]}, {scores[expected[place]]:R}.");
            }
        }
    }

    private static TEntry[] Sorted<TEntry>(double[] scores, int threads)
        where TEntry : struct, ISortEntry<TEntry>
    {
        // Arrays are managed, and their ends checked; entries behind those that count belong to nobody.
        var beyond = TEntry.Of(12345, int.MaxValue);
        TEntry[] entries = [.. scores.Select(TEntry.Of), beyond, beyond], scratch = [.. Enumerable.Repeat(beyond, scores.Length + 2)];
        var sorted = RadixSort.Sort(entries, scratch, scores.Length, threads);
        Assert.Equal([beyond, beyond, beyond, beyond], [.. entries[^2..], .. scratch[^2..]]);
        return sorted;
    }

    // Any bits, few different numbers, or a narrow range with special numbers in between.
    private static double[] Draw(int length, int kind, bool single, Random random)
    {
        var scores = new double[length];
        for (var k = 0; k < length; k++)
        {
            scores[k] = kind switch
            {
                0 when single => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)),
                0 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)),
                1 => random.Next(-3, 4),
                _ => random.Next(5) == 0 ? Special[random.Next(Special.Length)] : (float)(1 + 1e-3 * random.NextDouble()),
            };
        }

        return scores;
    }
}
