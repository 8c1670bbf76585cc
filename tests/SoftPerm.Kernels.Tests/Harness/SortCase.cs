using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Tests.NeuralSort;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>One batch and all that is asked of it: numbers that a float holds too.</summary>
internal sealed record SortCase(int Items, int Sequences, int Columns, int Seed)
{
    private static readonly int[] Few = [1, 2, 3], Many = [1, 3, 9, 17], Columned = [1, 1, 2, 3, 5, 9];

    /// <summary>The scores, or what else they hold: see <see cref="Draw"/>.</summary>
    public string Kind { get; init; } = "normal";

    /// <summary>About the size of the temperatures.</summary>
    public double Temperature { get; init; } = 1;

    public bool IsMasked { get; init; }

    public bool Descending { get; init; } = true;

    public int Threads { get; init; } = 1;

    public SimdWidth Width { get; init; } = SimdWidths.Widest;

    /// <summary>Whether buffers end at a page that nobody may touch, instead of starting behind one.</summary>
    public bool GuardAfter { get; init; } = true;

    public double[] Scores { get; private init; } = [];

    public bool[] Present { get; private init; } = [];

    public double[] Temperatures { get; private init; } = [];

    public double[] Values { get; private init; } = [];

    /// <summary>z, [sequences, samples, n]: present items first.</summary>
    public long[] Orders { get; private init; } = [];

    public int Samples => 1 + Seed % 3;

    /// <summary>The first row of each of the sums, [sequences, sums].</summary>
    public int[] Firsts { get; private init; } = [];

    public int Sums => Firsts.Length / Math.Max(1, Sequences);

    public int Count { get; private init; }

    /// <summary>A case for a length. Whatever it chooses, variants 0 and 1 put guards at both sides, and use one thread and two.</summary>
    public static SortCase Of(int items, int variant)
    {
        var random = new Random(items * 7919 + variant);
        IReadOnlyList<SimdWidth> widths = items <= 33 ? Enum.GetValues<SimdWidth>() : SimdWidths.Supported; // those not in hardware work too, slowly
        string[] kinds = ["normal", "normal", "ties", "offset", "clusters", "lone infinities", "infinities", "NaN"];
        return new SortCase(items, items <= 24 ? Many[random.Next(Many.Length)] : items <= 70 ? Few[random.Next(Few.Length)] : 1, Columned[random.Next(items <= 70 ? Columned.Length : Columned.Length / 2)], random.Next(1 << 20))
        {
            Kind = kinds[(items + variant * 3) % kinds.Length],
            Temperature = items % 5 == 4 ? 100 : 1, // hot ones too, where NeuralSort's rows form blocks
            IsMasked = random.Next(3) == 0,
            Descending = random.Next(3) > 0,
            Threads = 1 + (items / 2 + variant) % 2,
            GuardAfter = (items + variant) % 2 == 0,
            Width = widths[(items / 2 + variant) % widths.Count],
        };
    }

    /// <summary>The numbers of the case.</summary>
    public SortCase Draw()
    {
        var random = new Random(Seed);
        var scores = Enumerable.Range(0, Sequences).SelectMany(_ => DrawScores(random)).Select(s => (double)(float)s).ToArray();
        bool[] present = IsMasked ? [.. Enumerable.Range(0, Sequences * Items).Select(_ => random.Next(4) > 0)] : [];
        return this with
        {
            Scores = scores,
            Present = present,
            Temperatures = [.. Enumerable.Range(0, Sequences).Select(_ => Temperature * Math.Pow(10, 2 * random.NextDouble() - 1))],
            Values = Numbers(Sequences * Items * Columns, random),
            Orders = [.. from sequence in Enumerable.Range(0, Sequences) from sample in Enumerable.Range(0, Samples) from item in Wanted(sequence, present, random) select (long)item],
            Firsts = Items == 0 ? [] : [.. Enumerable.Range(0, Sequences * (1 + random.Next(3))).Select(_ => random.Next(Items))],
            Count = 1 + random.Next(Math.Max(1, Items)),
        };
    }

    /// <summary>Numbers of order 1, the same for the same seed.</summary>
    public static double[] Numbers(int count, Random random) => [.. ScoreKinds.Normals(count, random).Select(x => (double)(float)x)];

    private double[] DrawScores(Random random)
    {
        var scores = Kind switch
        {
            "ties" => [.. Enumerable.Range(0, Items).Select(_ => (double)random.Next(-2, 3))],
            "infinities" or "lone infinities" or "NaN" => ScoreKinds.Normals(Items, random),
            _ => ScoreKinds.Draw(Kind, Items, random),
        };
        if (Items == 0) return scores;
        if (Kind == "lone infinities")
        {
            scores[random.Next(Items)] = double.PositiveInfinity;
            scores[random.Next(Items)] = double.NegativeInfinity;
        }

        if (Kind == "infinities")
            for (var k = random.Next(3); k >= 0; k--) scores[random.Next(Items)] = random.Next(2) == 0 ? double.PositiveInfinity : double.NegativeInfinity;
        if (Kind == "NaN" && random.Next(2) == 0) scores[random.Next(Items)] = double.NaN;
        return scores;
    }

    // Near the sorted order, as it is in use, so that most entries of P are not 0.
    private int[] Wanted(int sequence, bool[] present, Random random)
    {
        var order = Enumerable.Range(0, Items).ToArray();
        random.Shuffle(order);
        return [.. order.OrderByDescending(item => present.Length == 0 || present[sequence * Items + item])];
    }

    public override string ToString() =>
        $"{Items} items, {Sequences} sequences, {Columns} columns, {Kind}{(IsMasked ? ", masked" : "")}, {(Descending ? "descending" : "ascending")}, {Threads} threads, {Width}, guard {(GuardAfter ? "after" : "before")}, seed {Seed}";
}
