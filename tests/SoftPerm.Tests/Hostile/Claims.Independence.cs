namespace SoftPerm.Tests.Hostile;

/// <summary>Rows beside a row, and padding in it, do not change it.</summary>
internal static partial class Claims
{
    /// <summary>A row gives in a batch what it gives alone, and what it gives without padding.</summary>
    public static IEnumerable<Wrong> Independence(HostileCase given, HostileMember member)
    {
        var batch = given.Batch;
        var together = Outcome.Of(given, member, SoftMode.Soft);
        for (var row = 0; row < batch.Rows.Length; row++)
        {
            if (batch.IsSpoiled(row)) continue;
            var sensitivity = Sensitivity.Of(given, member, row);
            var alone = Outcome.Of(given with { Batch = batch.Alone(row) }, member, SoftMode.Soft);
            foreach (var wrong in Differences("alone", row, sensitivity, (alone.Results[0], alone.Gradients[0]), (together.Results[row], together.Gradients[row]))) yield return wrong;
            var items = batch.PresentIn(row);
            if (items.Length is 0 || items.Length == batch.Items || member.Name == "ArgSort") continue;
            var places = Places(member, together.Results[row].Length, items);
            var weights = Outcome.Weights(together.Results[row].Length);
            var compact = Outcome.Of(given.With(batch.Compact(row)), member, SoftMode.Soft, [.. places.Select(place => weights[place])]);
            var kept = (places.Select(place => together.Results[row][place]).ToArray(), items.Select(item => together.Gradients[row][item]).ToArray());
            foreach (var wrong in Differences("without padding", row, sensitivity, (compact.Results[0], compact.Gradients[0]), kept)) yield return wrong;
        }
    }

    private static IEnumerable<Wrong> Differences(
        string what, int row, Sensitivity sensitivity, (double[] Results, double[] Gradients) expected, (double[] Results, double[] Gradients) seen)
    {
        if (!AreClose(expected.Results, seen.Results, sensitivity.Relative, sensitivity.OfResults))
            yield return new($"{what}, other results", row, Both(what, expected.Results, seen.Results));
        if (!AreClose(expected.Gradients, seen.Gradients, sensitivity.Relative, sensitivity.OfGradients))
            yield return new($"{what}, other gradients", row, Both(what, expected.Gradients, seen.Gradients));
    }

    private static string Both(string what, double[] expected, double[] seen) => $"{Text(seen)}\n    {what}: {Text(expected)}";

    /// <summary>Differences count beside the largest number of the row.</summary>
    private static bool AreClose(double[] expected, double[] seen, double relative, double absolute)
    {
        var allowed = relative * expected.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max() + absolute;
        return expected.Length == seen.Length
            && expected.Zip(seen).All(pair => pair.First.Equals(pair.Second) || pair.First == pair.Second || Math.Abs(pair.First - pair.Second) <= allowed);
    }
}
