namespace SoftPerm.Tests.Hostile;

/// <summary>Rows of numbers that arithmetic finds hard.</summary>
internal static class HostileRows
{
    /// <summary>What a type of numbers reaches.</summary>
    /// <param name="Largest">Eight decades below the largest finite number, so that sums of rows and of their weights are finite.</param>
    /// <param name="Smallest">Eight decades above the smallest normal number.</param>
    /// <param name="Subnormal">The smallest number above 0.</param>
    /// <param name="Decades">The power of ten of <paramref name="Largest"/>.</param>
    private sealed record Reach(double Largest, double Smallest, double Subnormal, int Decades);

    private static readonly Reach OfDouble = new(1e300, 1e-300, double.Epsilon, 300), OfSingle = new(1e30, 1e-30, float.Epsilon, 30);

    private static readonly (string Kind, Func<Random, int, Reach, double[]> Make)[] Kinds =
    [
        ("plain", (random, n, _) => Each(n, () => Normal(random))),
        ("scaled", (random, n, reach) =>
        {
            var scale = Power(random, -reach.Decades / 2, reach.Decades / 2);
            return Each(n, () => scale * Normal(random));
        }),
        ("offset", (random, n, _) =>
        {
            double offset = Sign(random) * Power(random, 0, 18), gap = Power(random, -3, 3);
            return Each(n, () => offset + gap * Normal(random));
        }),
        ("steps on an offset", (random, n, _) =>
        {
            var offset = Sign(random) * Power(random, 0, 18);
            return Each(n, () => offset + random.Next(3 * n));
        }),
        ("ties", (random, n, reach) =>
        {
            var unit = random.Next(2) == 0 ? 1 : Power(random, -reach.Decades, reach.Decades - 2);
            return Each(n, () => unit * random.Next(1 + n / 2));
        }),
        ("equal", (random, n, reach) =>
        {
            double[] levels = [0, 0.1, -7, 1e18, reach.Largest, reach.Smallest, reach.Subnormal];
            var level = levels[random.Next(levels.Length)];
            return Each(n, () => level);
        }),
        ("zeros of both signs", (random, n, _) => Each(n, () => random.Next(3) switch { 0 => 0.0, 1 => -0.0, _ => random.Next(-1, 2) })),
        ("close", (random, n, reach) => Each(n, () => reach.Smallest * random.Next(4 * n))),
        ("subnormal", (random, n, reach) => Each(n, () => reach.Subnormal * random.Next(4 * n))),
        ("wide", (random, n, reach) => Each(n, () => reach.Largest * (2 * random.NextDouble() - 1))),
        ("of all scales", (random, n, reach) => Each(n, () => Sign(random) * Power(random, -reach.Decades, reach.Decades))),
        ("one far away", (random, n, reach) => Replaced(random, Each(n, () => Normal(random)), Sign(random) * reach.Largest)),
        ("an infinity", (random, n, _) => Replaced(random, Each(n, () => Normal(random)), Sign(random) * double.PositiveInfinity)),
        ("both infinities", (random, n, _) =>
            Replaced(random, Each(n, () => Normal(random)), n == 1 ? [double.NegativeInfinity] : [double.PositiveInfinity, double.NegativeInfinity])),
    ];

    /// <summary>A row without NaN and with at most one infinity of each sign.</summary>
    public static (string Kind, double[] Values) Clean(Random random, int n, bool single)
    {
        var (kind, make) = Kinds[random.Next(Kinds.Length)];
        return (kind, Rounded(make(random, n, single ? OfSingle : OfDouble), single));
    }

    /// <summary>A row with a NaN, or with several infinities of one sign.</summary>
    public static (string Kind, double[] Values) Spoiled(Random random, int n, bool single)
    {
        var (kind, values) = Clean(random, n, single);
        if (n == 1 || random.Next(2) == 0) return (kind + " and NaN", Replaced(random, values, double.NaN));
        var infinity = Sign(random) * double.PositiveInfinity;
        return (kind + " and several infinities", Replaced(random, values, [.. Enumerable.Repeat(infinity, random.Next(2, n + 1))]));
    }

    /// <summary>What may stand where nothing is.</summary>
    public static double Garbage(Random random) =>
        random.Next(5) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => double.NegativeInfinity, 3 => 1e30, _ => 0 };

    /// <summary>Ten to a power between two.</summary>
    public static double Power(Random random, int least, int most) => Math.Pow(10, least + (most - least) * random.NextDouble());

    private static double[] Each(int n, Func<double> make) => [.. Enumerable.Range(0, n).Select(_ => make())];

    private static double Sign(Random random) => random.Next(2) == 0 ? 1 : -1;

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static double[] Replaced(Random random, double[] values, params double[] by)
    {
        var places = Enumerable.Range(0, values.Length).ToArray();
        random.Shuffle(places);
        for (var k = 0; k < by.Length; k++) values[places[k]] = by[k];
        return values;
    }

    private static double[] Rounded(double[] values, bool single) => single ? [.. values.Select(value => (double)(float)value)] : values;
}
