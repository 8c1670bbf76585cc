using System.Numerics;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>Every operator by name, forward and backward, with values and upstream gradients drawn from a seed.</summary>
internal static class Operators
{
    public static IReadOnlyList<string> Names { get; } =
        ["apply", "apply transpose", "first rows", "one row", "cross-entropy", "dense", "logarithm"];

    /// <summary>The rows that "first rows" and "one row" add: the first of each sequence, and how many.</summary>
    public static (int[] Firsts, int Count) Rows(string name, int items, int sequences, int seed)
    {
        var random = new Random(seed);
        return name == "one row"
            ? ([.. Enumerable.Range(0, sequences).Select(_ => random.Next(items))], 1)
            : ([0], 1 + random.Next(items));
    }

    /// <summary>X, or nothing where there is none.</summary>
    public static double[] Values(string name, int items, int sequences, int columns, int seed) =>
        name.StartsWith("apply", StringComparison.Ordinal) ? Rounded(items * sequences * columns, seed + 1) : [];

    /// <summary>The gradient on the result.</summary>
    public static double[] Upstream(string name, int items, int sequences, int columns, int seed) => Rounded(
        sequences * name switch
        {
            "cross-entropy" => 1,
            "dense" or "logarithm" => items * items,
            "first rows" or "one row" => items,
            _ => items * columns,
        },
        seed + 2);

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

    public static Outcome<T> Run<T>(string name, Batch<T> batch, int columns, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (items, sequences) = (batch.Items, batch.Sequences);
        T[] values = Of<T>(Values(name, items, sequences, columns, seed)), upstream = Of<T>(Upstream(name, items, sequences, columns, seed));
        var (firsts, count) = Rows(name, items, sequences, seed);
        return name switch
        {
            "apply" => batch.Apply(values, columns, upstream),
            "apply transpose" => batch.ApplyTranspose(values, columns, upstream),
            "first rows" or "one row" => batch.RowSum(firsts, count, upstream),
            "cross-entropy" => batch.CrossEntropy(Wanted(batch.Present, items, sequences, seed), upstream),
            "dense" => batch.Dense(logarithm: false, upstream),
            "logarithm" => batch.Dense(logarithm: true, upstream),
            _ => throw new ArgumentException($"There is no operator called '{name}'.", nameof(name)),
        };
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

    // Exact in float32 too.
    private static double[] Rounded(int count, int seed) => [.. ScoreKinds.Normals(count, new Random(seed)).Select(value => (double)(float)value)];

    private static T[] Of<T>(double[] numbers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. numbers.Select(T.CreateChecked)];
}
