namespace SoftPerm.Tests.Hostile;

/// <summary>Distances between 1 and the next number.</summary>
internal static class Rounding
{
    /// <summary>Of float64.</summary>
    public static double OfDouble { get; } = double.BitIncrement(1) - 1;

    /// <summary>Of float32.</summary>
    public static double OfSingle { get; } = float.BitIncrement(1) - 1;

    /// <summary>The distance between subnormal numbers of a batch's type.</summary>
    public static double Subnormal(HostileBatch batch) => batch.IsSingle ? float.Epsilon : double.Epsilon;

    /// <summary>Of a batch's type.</summary>
    public static double Of(HostileBatch batch) => batch.IsSingle ? OfSingle : OfDouble;
}
