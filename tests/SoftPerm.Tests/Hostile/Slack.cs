namespace SoftPerm.Tests.Hostile;

/// <summary>How far numbers may be from exact ones.</summary>
/// <param name="Relative">Of the largest number that one is made of.</param>
/// <param name="Absolute">Beside it.</param>
internal sealed record Slack(double Relative, double Absolute)
{
    /// <summary>What is allowed a number made of others.</summary>
    public double Of(double size) => double.IsInfinity(size) ? 0 : Relative * size + Absolute;

    /// <summary>Of numbers read off an exact order: a few roundings, which among subnormal numbers are the smallest of them.</summary>
    public static Slack OfExact(HostileBatch batch) => new(8 * batch.Items * Rounding.Of(batch), batch.Items * Rounding.Subnormal(batch));

    /// <summary>Of the limit of low temperature: a sum of n products, and what a cold mixture still takes of other items.</summary>
    /// <remarks>
    /// Values are mixed in float64 as distances from one of them, which costs a rounding of the largest; the permutahedra move values and
    /// mix none. What a comparator of a network leaves of the other item is τ/πd at a distance d: of values τ/π, of ranks with a τ of
    /// 1e-20 gaps less than 1e-20.
    /// </remarks>
    public static Slack OfLimit(HostileCase given, HostileMember member, int row, double temperature)
    {
        var batch = given.Batch;
        var rounding = 16 * batch.Items * Rounding.Of(batch);
        if (!member.IsOfValues) return new(0, rounding * batch.Items); // places, counts and correlations are at most n
        var largest = batch.ValuesIn(row).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        var mixed = HostileVariants.HasMatrix(given.Variant) ? Rounding.OfDouble * largest : 0;
        var left = HostileVariants.IsNetwork(given.Variant) ? temperature : 0;
        return new(rounding, batch.Items * (mixed + left + Rounding.Subnormal(batch)));
    }
}
