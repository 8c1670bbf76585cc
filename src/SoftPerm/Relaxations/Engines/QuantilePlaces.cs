namespace SoftPerm.Relaxations;

/// <summary>Where a quantile lies between the places of a sort.</summary>
/// <param name="Places">The place of the lower value and that of the upper one, [..., 2]; in rows where the quantile falls on a place, that
/// place twice. One place, [..., 1], where it does so in all rows.</param>
/// <param name="Weights">Those of the two, [..., 2], by halves if they are one; null where one place is all.</param>
internal readonly record struct QuantilePlaces(Tensor Places, Tensor? Weights)
{
    /// <summary>Finds the places around a quantile.</summary>
    /// <param name="quantile">q in [0, 1], 1 for the largest.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <param name="items">n.</param>
    /// <param name="present">The number of items that are there, int64 [..., 1]; null for all.</param>
    /// <param name="type">The type of the weights.</param>
    /// <param name="device">Where results are wanted.</param>
    public static QuantilePlaces Of(double quantile, bool descending, long items, Tensor? present, ScalarType type, Device device)
    {
        var counts = Counts(items, present);
        var places = new long[2 * counts.Length];
        var weights = new double[places.Length];
        var isOnPlace = true;
        for (var row = 0; row < counts.Length; row++)
        {
            var (lower, upper, weight) = Around(quantile, descending, counts[row]);
            (places[2 * row], places[2 * row + 1]) = (lower, upper);
            (weights[2 * row], weights[2 * row + 1]) = lower == upper ? (0.5, 0.5) : (1 - weight, weight);
            isOnPlace &= lower == upper;
        }

        long[] shape = present is null ? [2] : [.. present.shape[..^1], 2];
        var both = tensor(places, shape, device: device);
        return isOnPlace ? new(both.narrow(-1, 0, 1), null) : new(both, tensor(weights, shape, type, device));
    }

    /// <summary>The mean of what the places hold, [..., d] of rows [..., r, d].</summary>
    /// <remarks>A sum of products, since the difference of numbers may overflow, and that of infinite ones is none.</remarks>
    public Tensor Mean(Tensor rows) => Weights is null ? rows.squeeze(-2) : rows.mul(Weights.unsqueeze(-1)).sum(-2);

    /// <summary>The places of the lower and the upper value around a quantile of some number of items, and the weight of the upper one.</summary>
    /// <remarks>Counted upwards in either direction, so that both agree to the last digit. A position as close to a place as q (n - 1) is
    /// rounded is that place.</remarks>
    internal static (long Lower, long Upper, double Weight) Around(double quantile, bool descending, long items)
    {
        var last = Math.Max(items - 1, 0);
        var position = quantile * last;
        var nearest = Math.Round(position);
        if (Math.Abs(position - nearest) <= Math.ScaleB(last, -50)) position = nearest;
        long below = (long)Math.Floor(position), above = (long)Math.Ceiling(position);
        return descending ? (last - below, last - above, position - below) : (below, above, position - below);
    }

    private static long[] Counts(long items, Tensor? present)
    {
        if (present is null) return [items];
        var here = present.cpu().contiguous();
        long[] counts = [.. here.Buffer<long>().Span(0, checked((int)here.numel()))];
        GC.KeepAlive(here);
        return counts;
    }
}
