namespace SoftPerm.Benchmarks.Ratios;

/// <summary>Time and memory as the sequence grows to ten million items.</summary>
internal static class Growth
{
    private const long From = 10_000, To = 10_000_000, MemoryAt = 1_000_000;
    private static readonly Target ExponentTarget = new(1.15), MemoryTarget = new(200);
    private static readonly Method[] Ours = [Methods.OursAt(.1), Methods.OursAt(1), Methods.OursAt(10)];

    public static Group Group { get; } = new(
        "growth", "P̂s by length, forward and backward", [.. new[] { 10L, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000 }.Select(Case)], Conclude);

    private static Case Case(long items) => new(1, items, [.. Ours, .. Methods.DenseFits(1, items) ? [Methods.Dense] : Array.Empty<Method>(), Methods.Sort]);

    /// <summary>Exponents of time over the long sequences, and memory at a million.</summary>
    internal static IEnumerable<Check> Conclude(IReadOnlyList<CaseResult> results)
    {
        string[] names = [.. Ours.Select(m => m.Name), Methods.SortName];
        return names.SelectMany(name => Exponents(results, name)).Concat(names.SelectMany(name => Memory(results, name)));
    }

    private static IEnumerable<Check> Exponents(IReadOnlyList<CaseResult> results, string method)
    {
        var points =
            (from result in results
             where result.Items is >= From and <= To
             let measurement = result.Find(method)
             where measurement is not null
             select ((double)result.Items, measurement.Median)).ToArray();
        if (points.Length < 2) yield break;
        var range = FormattableString.Invariant($"{points[0].Item1:#,0} to {points[^1].Item1:#,0}");
        yield return new(range, $"exponent of time, {method}, least squares", Statistics.Exponent(points), TargetOf(method, ExponentTarget));
        yield return new(range, $"exponent of time, {method}, end to end", Statistics.Exponent([points[0], points[^1]]), TargetOf(method, ExponentTarget));
    }

    private static IEnumerable<Check> Memory(IReadOnlyList<CaseResult> results, string method) =>
        from result in results
        where result.Items == MemoryAt
        let measurement = result.Find(method)
        where measurement?.ExtraBytes is not null
        select new Check(result.Name, $"extra bytes an item, {method}", result.BytesPerItem(measurement)!.Value, TargetOf(method, MemoryTarget));

    private static Target? TargetOf(string method, Target target) => method == Methods.SortName ? null : target;
}
