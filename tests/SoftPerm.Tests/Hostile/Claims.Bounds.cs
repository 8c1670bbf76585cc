namespace SoftPerm.Tests.Hostile;

/// <summary>What soft results cannot leave.</summary>
internal static partial class Claims
{
    /// <summary>Ranks are places, memberships sum to k, values lie among the values, infinite ones at the ends, losses in [0, 2].</summary>
    public static IEnumerable<Wrong> Bounds(HostileCase given, HostileMember member)
    {
        var batch = given.Batch;
        var soft = Outcome.Of(given, member, SoftMode.Soft);
        for (var row = 0; row < batch.Rows.Length; row++)
        {
            var values = batch.ValuesIn(row);
            if (batch.IsSpoiled(row) || values.Length == 0 || member.IsBetweenInfinities(given, row)) continue;
            var seen = soft.Results[row];
            var rounding = 16 * batch.Items * Rounding.Of(batch);
            var present = Places(member, seen.Length, batch.PresentIn(row)).Select(place => seen[place]).ToArray();
            var wrong = member.Name switch
            {
                "Rank" => present.Any(rank => !(rank >= -rounding && rank <= (values.Length - 1) * (1 + rounding))) ? "ranks out of range" : RankOfInfinity(given, row, seen),
                "ArgSort" => present.Any(item => !(item >= -rounding && item <= (batch.Items - 1) * (1 + rounding))) ? "items out of range" : null,
                "TopK.Membership" when HostileVariants.IsEntropic(given.Variant) => KeepsExponentials(Math.Min(given.K, values.Length), present, rounding),
                "TopK.Membership" => Math.Abs(present.Sum() - Math.Min(given.K, values.Length)) <= rounding * given.K ? null : "does not sum to k",
                "Spearman" or "Kendall" or "SomersD" => seen[0] >= -rounding && seen[0] <= 2 + rounding ? null : "out of [0, 2]",
                _ => Among(values, present, rounding, batch.Items * Rounding.Subnormal(batch)) ?? (member.Name == "Sort" ? InfinityAtItsEnd(given, values, present) : null),
            };
            if (wrong is not null) yield return new(wrong, row, Text(seen));
        }
    }

    private static string? KeepsExponentials(int k, double[] memberships, double rounding)
    {
        var expected = k * Math.E + memberships.Length - k;
        return Math.Abs(memberships.Sum(Math.Exp) - expected) <= rounding * expected ? null : "exponentials do not keep their sum";
    }

    private static string? Among(double[] values, double[] seen, double rounding, double subnormal)
    {
        var slack = rounding * values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max() + subnormal;
        return seen.All(value => value >= values.Min() - slack && value <= values.Max() + slack) ? null : "values out of range";
    }

    private static string? InfinityAtItsEnd(HostileCase given, double[] values, double[] sorted)
    {
        var (first, last) = given.Descending ? (double.PositiveInfinity, double.NegativeInfinity) : (double.NegativeInfinity, double.PositiveInfinity);
        return sorted.Count(double.IsInfinity) == values.Count(double.IsInfinity) && (!values.Contains(first) || sorted[0] == first) && (!values.Contains(last) || sorted[^1] == last)
            ? null
            : "an infinity is not at its end";
    }

    private static string? RankOfInfinity(HostileCase given, int row, double[] ranks)
    {
        var items = given.Batch.PresentIn(row);
        foreach (var item in items.Where(item => double.IsInfinity(given.Batch.Rows[row][item])))
        {
            var place = double.IsPositiveInfinity(given.Batch.Rows[row][item]) == given.Descending ? 0 : items.Length - 1;
            if (ranks[item] != place) return "an infinity is not at its end";
        }

        return null;
    }
}
