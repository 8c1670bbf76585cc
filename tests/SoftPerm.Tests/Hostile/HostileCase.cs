using System.Globalization;

namespace SoftPerm.Tests.Hostile;

/// <summary>A batch of rows and how they are sorted.</summary>
/// <param name="Variant">A name of <see cref="HostileVariants"/>.</param>
/// <param name="Number">Which of the variant's cases this is.</param>
/// <param name="Kinds">What the rows are.</param>
/// <param name="Batch">The rows.</param>
/// <param name="Descending">The direction.</param>
/// <param name="Temperature">τ; null for the one that each row gets by itself.</param>
/// <param name="K">Of the first places.</param>
/// <param name="Quantile">q.</param>
/// <param name="Members">What is computed.</param>
internal sealed record HostileCase(
    string Variant, int Number, string[] Kinds, HostileBatch Batch, bool Descending, double? Temperature, int K, double Quantile, HostileMember[] Members)
{
    private const string CountVariable = "SOFTPERM_HOSTILE_CASES";

    /// <summary>How many cases there are over all variants: 5,000 unless the environment says otherwise.</summary>
    public static int Count { get; } = Environment.GetEnvironmentVariable(CountVariable) is { Length: > 0 } given
        ? int.Parse(given, CultureInfo.InvariantCulture)
        : 5000;

    /// <summary>The cases of a variant.</summary>
    public static IEnumerable<HostileCase> Of(string variant)
    {
        var share = (Count + HostileVariants.Names.Length - 1) / HostileVariants.Names.Length;
        return Enumerable.Range(0, share).Select(number => Of(variant, number));
    }

    /// <summary>One case, the same at every call.</summary>
    public static HostileCase Of(string variant, int number)
    {
        var random = new Random(unchecked(Array.IndexOf(HostileVariants.Names, variant) * 1_000_003 + number));
        var n = random.Next(100) switch { 0 => HostileVariants.Longest(variant), < 50 => random.Next(1, 9), _ => random.Next(9, HostileVariants.IsComposed(variant) ? 21 : 41) };
        var isSingle = random.Next(3) == 0;
        var kinded = Enumerable.Range(0, random.Next(1, n > 40 ? 3 : 5)).Select(_ => HostileRows.Clean(random, n, isSingle)).ToArray();
        if (random.Next(3) == 0) kinded[random.Next(kinded.Length)] = HostileRows.Spoiled(random, n, isSingle);
        double[][] rows = [.. kinded.Select(row => row.Values)], targets = [.. rows.Select(_ => HostileRows.Clean(random, n, isSingle).Values)];
        var batch = new HostileBatch(rows, random.Next(2) == 0 ? null : Masked(random, rows, targets), targets, isSingle);
        var members = HostileMember.All.Where(member => HostileVariants.Takes(variant, member)).ToArray();
        random.Shuffle(members);
        return new HostileCase(
            variant, number, [.. kinded.Select(row => row.Kind)], batch, random.Next(2) == 0, TemperatureOf(random), random.Next(1, n + 1), QuantileOf(random, n), members[..1]);
    }

    /// <summary>The case with other rows.</summary>
    public HostileCase With(HostileBatch batch) => this with { Batch = batch, K = Math.Min(K, batch.Items) };

    /// <summary>The case with one of its rows, for messages.</summary>
    public HostileCase Shown(int row) => this with { Batch = Batch.Alone(row), Kinds = [$"row {row} of {Kinds.Length}, {Kinds[row]}"] };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Variant}, case {Number}: {string.Join(" | ", Kinds)}; {(Descending ? "descending" : "ascending")}, τ {Temperature?.ToString("R", CultureInfo.InvariantCulture) ?? "by itself"}, k {K}, q {Quantile:R}\n{Batch}");

    private static double? TemperatureOf(Random random) =>
        random.Next(8) switch { < 4 => null, < 7 => HostileRows.Power(random, -12, 12), _ => HostileRows.Power(random, -300, 300) };

    private static double QuantileOf(Random random, int n) =>
        random.Next(3) switch { 0 => random.Next(n) / Math.Max(1.0, n - 1), 1 => random.Next(11) / 10.0, _ => random.NextDouble() };

    private static bool[][] Masked(Random random, double[][] rows, double[][] targets)
    {
        var share = random.NextDouble();
        bool[][] present = [.. rows.Select(row => row.Select(_ => random.NextDouble() < share).ToArray())];
        for (var row = 0; row < rows.Length; row++)
        {
            for (var item = 0; item < rows[row].Length; item++)
            {
                if (!present[row][item]) (rows[row][item], targets[row][item]) = (HostileRows.Garbage(random), HostileRows.Garbage(random));
            }
        }

        return present;
    }
}
