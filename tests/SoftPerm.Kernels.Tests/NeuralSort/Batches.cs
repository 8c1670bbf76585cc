using System.Numerics;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>Batches and orders drawn from a seed.</summary>
internal static class Batches
{
    /// <summary>The wanted order of each sequence: present items first.</summary>
    public static long[] Wanted(bool[] present, int items, int sequences, int seed)
    {
        var random = new Random(seed + 3);
        return [.. Enumerable.Range(0, sequences).SelectMany(sequence =>
        {
            var order = Enumerable.Range(0, items).ToArray();
            random.Shuffle(order);
            return order.OrderByDescending(item => present.Length == 0 || present[sequence * items + item]).Select(item => (long)item);
        })];
    }

    /// <summary>A batch of sequences of one kind.</summary>
    public static Batch<T> Draw<T>(string kind, int items, int sequences, double temperature, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        return new Batch<T>(
            Of<T>([.. Enumerable.Range(0, sequences).SelectMany(_ => ScoreKinds.Draw(kind, items, random))]),
            items,
            [.. Enumerable.Range(0, sequences).Select(k => temperature * (1 + k % 3))]);
    }

    private static T[] Of<T>(double[] numbers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. numbers.Select(T.CreateChecked)];
}
