namespace SoftPerm.Tests.Hostile;

/// <summary>Exact results, and soft ones in the limit.</summary>
internal static partial class Claims
{
    /// <summary>Hard results are those of a sort written apart; straight-through ones are the same.</summary>
    public static IEnumerable<Wrong> Hard(HostileCase given, HostileMember member)
    {
        if (member.IsOfPairs) yield break; // it has no exact form
        var batch = given.Batch;
        var hard = Outcome.Of(given, member, SoftMode.Hard);
        var straight = Outcome.Of(given, member, SoftMode.StraightThrough);
        for (var row = 0; row < batch.Rows.Length; row++)
        {
            if (batch.HasNaN(row)) continue;
            if (Expected.Of(given, member, row) is { } expected && !IsExact(expected, hard.Results[row], Slack.OfExact(batch)))
                yield return new("not exact", row, $"{Text(hard.Results[row])}\n    exact: {HostileBatch.Text(expected.Results)}");
            if (!batch.IsSpoiled(row) && !hard.Results[row].SequenceEqual(straight.Results[row]))
                yield return new("straight-through differs", row, $"{Text(straight.Results[row])}\n    hard: {HostileBatch.Text(hard.Results[row])}");
        }
    }

    /// <summary>At a temperature far below every gap, soft results are exact.</summary>
    public static IEnumerable<Wrong> ColdLimit(HostileCase given, HostileMember member)
    {
        var batch = given.Batch;
        for (var row = 0; row < batch.Rows.Length; row++)
        {
            if (batch.IsSpoiled(row) || ColdTemperature.For(given.Variant, member, batch.ValuesIn(row)) is not { } cold) continue;
            if (member.Name is "Rank" or "Spearman" && !HostileVariants.SharesRanks(given.Variant) && !new ExactOrder(batch.ValuesIn(row), given.Descending).IsStrict) continue;
            if (Expected.Of(given, member, row) is not { } expected) continue;
            var alone = given with { Batch = batch.Alone(row), Temperature = cold };
            var soft = Outcome.Of(alone, member, SoftMode.Soft);
            if (!IsExact(expected, soft.Results[0], Slack.OfLimit(given, member, row, cold)))
                yield return new("not exact when cold", row, $"{Text(soft.Results[0])} at τ = {cold:R}\n    exact: {HostileBatch.Text(expected.Results)}");
        }
    }

    private static bool IsExact((double[] Results, double[] Sizes) exact, double[] seen, Slack slack) => exact.Results.Length == seen.Length
        && Enumerable.Range(0, seen.Length).All(k => Math.Abs(exact.Results[k] - seen[k]) <= slack.Of(exact.Sizes[k]) || exact.Results[k] == seen[k]);
}
