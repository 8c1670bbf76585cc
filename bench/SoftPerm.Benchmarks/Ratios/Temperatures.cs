namespace SoftPerm.Benchmarks.Ratios;

/// <summary>A million items from nearly hard to nearly uniform.</summary>
internal static class Temperatures
{
    public static Group Group { get; } = Create([.. new[] { .01, .1, 1, 10, 100 }.Select(temperature => Methods.OursAt(temperature))]);

    private static Group Create(Method[] ours) => new("temperatures", "P̂s by temperature, forward and backward",
    [
        new Case(1, 1_000_000, [.. ours, Methods.Sort], [.. ours.Select(m => new Goal(m.Name, Methods.SortName, new Target(3, Aim: 1.5)))]),
    ]);
}
