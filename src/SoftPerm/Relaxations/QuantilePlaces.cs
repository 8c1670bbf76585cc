namespace SoftPerm;

/// <summary>Where a quantile lies between the places of a sort.</summary>
internal static class QuantilePlaces
{
    /// <summary>The places around a quantile, and how far it lies towards the second.</summary>
    /// <param name="quantile">q in [0, 1], 1 for the largest.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <param name="items">n.</param>
    /// <param name="present">The number of items that are there, [..., 1]; null for all.</param>
    /// <param name="type">The type of the weight.</param>
    /// <param name="device">Where results are wanted.</param>
    /// <returns>Two places, [..., 2], and the weight of the second, [..., 1].</returns>
    public static (Tensor Places, Tensor Weight) Of(double quantile, bool descending, long items, Tensor? present, ScalarType type, Device device)
    {
        var last = (present ?? tensor([items], device: device)).sub(Number(1)).clamp_min(Number(0));
        var position = last.to(float64).mul(Number(descending ? 1 - quantile : quantile));
        var below = position.floor();
        return (cat([below, position.ceil()], -1).to(int64), position.sub(below).to(type));
    }
}
