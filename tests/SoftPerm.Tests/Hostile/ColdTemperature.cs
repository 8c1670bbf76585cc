namespace SoftPerm.Tests.Hostile;

/// <summary>Temperatures far below the gaps of a row.</summary>
internal static class ColdTemperature
{
    /// <summary>The temperature; null where none that is a normal number is that low.</summary>
    public static double? For(string variant, HostileMember member, double[] values)
    {
        double[] sorted = [.. values.Where(double.IsFinite).Order()];
        var gaps = sorted.Zip(sorted.Skip(1), (low, high) => high - low).Where(gap => gap > 0).DefaultIfEmpty(1).ToArray();
        double gap = gaps.Min(), range = sorted.Length > 1 ? sorted[^1] - sorted[0] : 1;
        var temperature = HostileVariants.Of(variant).Name switch
        {
            _ when member.IsOfPairs => gap / 100, // 1 - tanh(50) is 0
            "soft-sort-squared" => gap * gap / 1000, // exp(-1000) is 0
            "odd-even" or "bitonic" => gap * 1e-20, // what stays behind falls with the distance: 3e-21 of each item that is met
            "permutahedron" or "permutahedron-entropic" => member.IsOfValues ? 0.5 / Math.Max(range, 1e-290) : gap / Math.Max(1, sorted.Length), // runs of equals are at most n places apart
            _ => gap / 2000, // exp(-1000) is 0, and thresholds are in the middle of gaps
        };
        // LapSum in tensor operations counts distances over τ from the middle score: beyond 1e16 of them, neighbours there have no gap.
        if (variant == "lap-sum composed" && range / temperature > 1e14) return null;
        return temperature >= 1e-306 && double.IsFinite(temperature) ? temperature : null; // and not below the smallest normal number
    }
}
