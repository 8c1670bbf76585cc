namespace SoftPerm.Tests.Hostile;

/// <summary>What an exact sort gives for a row of a case.</summary>
internal static class Expected
{
    /// <summary>The results of a member, and for each the largest number it is made of; null where the numbers do not decide them.</summary>
    public static (double[] Results, double[] Sizes)? Of(HostileCase given, HostileMember member, int row)
    {
        if (Results(given, member, row) is not { } results) return null;
        if (member.Name is "Spearman" or "Kendall" or "SomersD") return (results, [1]); // one minus a number of at most 1
        if (member.QuantileOf(given) is not { } quantile || given.Batch.ValuesIn(row).Length == 0) return (results, [.. results.Select(Math.Abs)]);
        var (low, high) = new ExactOrder(given.Batch.ValuesIn(row), given.Descending).Around(quantile);
        return (results, [Math.Max(Math.Abs(low), Math.Abs(high))]);
    }

    private static double[]? Results(HostileCase given, HostileMember member, int row)
    {
        var batch = given.Batch;
        var items = batch.PresentIn(row);
        var exact = new ExactOrder(batch.ValuesIn(row), given.Descending);
        if (member.QuantileOf(given) is { } quantile) return exact.Quantile(quantile) is { } value ? [value] : null;
        var target = new ExactOrder([.. items.Select(item => batch.Targets[row][item])], given.Descending);
        switch (member.Name)
        {
            case "Sort": return Padded(exact.Sorted, batch.Items);
            case "TopK.Values": return Padded(exact.Sorted, batch.Items)[..given.K];
            case "ArgSort": return exact.IsStrict ? Padded([.. exact.Order.Select(item => (double)items[item])], batch.Items) : null;
            case "Rank": return Spread(exact.Ranks(), items, batch.Items);
            case "TopK.Membership": return exact.IsSettled(given.K) ? Spread(exact.Membership(given.K), items, batch.Items) : null;
            case "Spearman": return exact.Spearman(target) is { } rho ? [1 - rho] : null;
            case "Kendall": return exact.Kendall(target) is { } tau ? [1 - tau] : null;
            case "SomersD": return exact.Somers(target) is { } somers ? [1 - somers] : null;
            default: throw new ArgumentException($"There is no exact {member.Name}.", nameof(member));
        }
    }

    private static double[] Padded(double[] numbers, int count) => [.. numbers, .. new double[count - numbers.Length]];

    private static double[] Spread(double[] numbers, int[] items, int count)
    {
        var spread = new double[count];
        for (var k = 0; k < items.Length; k++) spread[items[k]] = numbers[k];
        return spread;
    }
}
