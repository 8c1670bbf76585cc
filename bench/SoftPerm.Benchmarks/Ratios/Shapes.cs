namespace SoftPerm.Benchmarks.Ratios;

/// <summary>Many short sequences, a few middling ones, one long one.</summary>
internal static class Shapes
{
    private static readonly Target Million = new(3, Aim: 1.5);

    public static Group Group { get; } = new("shapes", "P̂s by shape (batch × n), τ = 1, forward and backward",
    [
        Case(2_000, 5, overDense: 8),
        Case(400, 15, overDense: 8),
        Case(100, 100, overDense: 12),
        Case(1, 1_000, overDense: 50),
        Case(1, 2_000),
        Case(1, 10_000, overDense: 1_000),
        Case(1, 100_000, ofSort: new(4)),
        Case(1, 1_000_000, ofSort: Million),
    ]);

    private static Case Case(long batch, long items, double? overDense = null, Target? ofSort = null)
    {
        var againstSort = new Goal(Methods.OursName, Methods.SortName, ofSort);
        if (!Methods.DenseFits(batch, items))
        {
            var gigabytes = 4e-9 * batch * items * items;
            var note = FormattableString.Invariant($"Dense is impossible: one of its n × n matrices of float32 takes {gigabytes:#,0} GB.");
            return new(batch, items, [Methods.Ours, Methods.Sort], againstSort) { Note = note };
        }

        var againstDense = new Goal(Methods.DenseName, Methods.OursName, overDense is { } least ? new(least, AtLeast: true) : null);
        return new(batch, items, [Methods.Ours, Methods.Dense, Methods.Sort], againstDense, againstSort);
    }
}
