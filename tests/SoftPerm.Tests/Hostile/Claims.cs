namespace SoftPerm.Tests.Hostile;

/// <summary>What holds whatever the numbers are.</summary>
internal static partial class Claims
{
    /// <summary>NaN is in the rows that have one, throughout, and nowhere else; what is absent has no result and no gradient.</summary>
    public static IEnumerable<Wrong> NaNs(HostileCase given, HostileMember member)
    {
        var batch = given.Batch;
        foreach (var mode in Enum.GetValues<SoftMode>())
        {
            if (member.IsOfPairs && mode != SoftMode.Soft) continue; // it takes no mode
            var outcome = Outcome.Of(given, member, mode);
            for (var row = 0; row < batch.Rows.Length; row++)
            {
                var items = batch.PresentIn(row);
                var places = Places(member, outcome.Results[row].Length, items);
                if (batch.HasNaN(row) && !places.All(place => double.IsNaN(outcome.Results[row][place])))
                    yield return new($"{mode}, a row with NaN is not NaN throughout", row, Text(outcome.Results[row]));
                var mayBeNaN = (mode == SoftMode.Hard ? batch.HasNaN(row) : batch.IsSpoiled(row)) || member.IsBetweenInfinities(given, row);
                if (!mayBeNaN && outcome.Results[row].Any(double.IsNaN)) yield return new($"{mode}, NaN", row, Text(outcome.Results[row]));
                if (!mayBeNaN && outcome.Gradients[row].Any(double.IsNaN) && !Sensitivity.MayOverflow(given, member, row)) yield return new($"{mode}, NaN gradient", row, Text(outcome.Gradients[row]));
                if (batch.IsSpoiled(row)) continue;
                if (member.Axis != ResultAxis.None && outcome.Results[row].Where((result, place) => !places.Contains(place) && result != 0).Any())
                    yield return new($"{mode}, a result of what is absent", row, Text(outcome.Results[row]));
                if (outcome.Gradients[row].Where((gradient, item) => !items.Contains(item) && gradient != 0).Any())
                    yield return new($"{mode}, a gradient of what is absent", row, Text(outcome.Gradients[row]));
            }
        }
    }

    /// <summary>Where the results of what is there are.</summary>
    private static int[] Places(HostileMember member, int count, int[] items) => member.Axis switch
    {
        ResultAxis.Items => items,
        ResultAxis.Places => [.. Enumerable.Range(0, Math.Min(count, items.Length))],
        _ => items.Length == 0 ? [] : [0],
    };

    private static string Text(double[] seen) => HostileBatch.Text(seen);
}
