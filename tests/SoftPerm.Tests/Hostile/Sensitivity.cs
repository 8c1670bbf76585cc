using static TorchSharp.torch;

namespace SoftPerm.Tests.Hostile;

/// <summary>What roundings do to results and gradients of a row where sums are taken in another order.</summary>
/// <param name="Relative">Beside the largest number of the row.</param>
/// <param name="OfResults">Beside that, of results.</param>
/// <param name="OfGradients">Beside that, of gradients, whose terms may be far larger than they are.</param>
internal sealed record Sensitivity(double Relative, double OfResults, double OfGradients)
{
    /// <summary>Of a member of a row.</summary>
    public static Sensitivity Of(HostileCase given, HostileMember member, int row)
    {
        var batch = given.Batch;
        var relative = 64 * batch.Items * Rounding.Of(batch);
        var finite = batch.ValuesIn(row).Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        // A gradient in the scores is made of differences of what is mixed, in units of the temperature.
        var mixed = member.IsOfValues ? finite.Max() - finite.Min() : batch.Items;
        var gradient = (member.IsOfValues ? 1 : 0) + mixed / Unit(given, member, row);
        // A network mixes the scores themselves: where τ is within their roundings, these decide which of two comes first.
        if (HostileVariants.IsNetwork(given.Variant) && Unit(given, member, row) < relative * finite.Max(Math.Abs)) gradient = double.PositiveInfinity;
        // A correlation of ranks that hardly differ is one of their roundings.
        var spread = member.Name == "Spearman" ? Spread(given, row) : 1;
        // What a row's gradient is made of, values times upstream, is rounded to the smallest number before it is divided by the temperature.
        var smallest = batch.Items * Rounding.Subnormal(batch);
        return new Sensitivity(relative, relative / spread + smallest, relative * gradient / (spread * spread) + smallest / Unit(given, member, row));
    }

    /// <summary>Whether terms of a gradient may be beyond the numbers of the type: a sum of two that are infinite may be NaN.</summary>
    public static bool MayOverflow(HostileCase given, HostileMember member, int row)
    {
        var batch = given.Batch;
        var finite = batch.ValuesIn(row).Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var mixed = member.IsOfValues ? finite.Max() - finite.Min() : 1;
        // The kernel's series sum products of values, upstream and binomials before they divide: NeuralSort says up to what size.
        if (HostileVariants.IsNeuralSort(given.Variant) && mixed > 1e150) return true;
        return mixed / Unit(given, member, row) > (batch.IsSingle ? 1e30 : 1e300);
    }

    /// <summary>The temperature in units of the scores.</summary>
    private static double Unit(HostileCase given, HostileMember member, int row)
    {
        var relaxation = HostileVariants.Of(given.Variant);
        if (relaxation.SortsByInverseTemperature && member.IsOfValues) return double.PositiveInfinity; // values are moved, not mixed
        using var scope = NewDisposeScope();
        var alone = given.Batch.Alone(row);
        var temperature = given.Temperature ?? relaxation.TemperatureFor(alone.Tensor(alone.Rows), alone.Mask()).item<double>();
        return relaxation.TemperatureUnit == "s²" && !member.IsOfPairs ? Math.Sqrt(temperature) : temperature;
    }

    private static double Spread(HostileCase given, int row)
    {
        var ranks = Outcome.Of(given with { Batch = given.Batch.Alone(row) }, HostileMember.All.Single(member => member.Name == "Rank"), SoftMode.Soft).Results[0];
        double[] present = [.. given.Batch.PresentIn(row).Select(item => ranks[item])];
        return present.Length == 0 ? 1 : Math.Clamp((present.Max() - present.Min()) / given.Batch.Items, 1e-300, 1);
    }
}
