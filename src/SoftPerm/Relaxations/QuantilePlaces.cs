using SoftPerm.Autograd;

namespace SoftPerm;

/// <summary>Where a quantile lies between the places of a sort.</summary>
/// <param name="Places">The place of the lower value and that of the upper one, [..., 2]: one and the same in rows where the quantile falls on
/// a place. One place, [..., 1], where it does so in all rows.</param>
/// <param name="Weight">The weight of the upper value, [..., 1]; null where one place is all.</param>
/// <param name="IsOnPlace">In which rows the quantile falls on a place, [..., 1]; null where it does so in all rows or in none.</param>
internal readonly record struct QuantilePlaces(Tensor Places, Tensor? Weight, Tensor? IsOnPlace)
{
    /// <summary>Finds the places around a quantile.</summary>
    /// <param name="quantile">q in [0, 1], 1 for the largest.</param>
    /// <param name="descending">Whether the first place holds the largest score.</param>
    /// <param name="items">n.</param>
    /// <param name="present">The number of items that are there, int64 [..., 1]; null for all.</param>
    /// <param name="type">The type of the weight.</param>
    /// <param name="device">Where results are wanted.</param>
    public static QuantilePlaces Of(double quantile, bool descending, long items, Tensor? present, ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        var found = Counts(items, present).Select(count => Around(quantile, descending, count)).ToArray();
        long[] batch = present is null ? [] : present.shape[..^1];
        Tensor Column(Func<(long Lower, long Upper, double Weight), long> read) => tensor(found.Select(read).ToArray(), device: device).reshape([.. batch, 1]);
        var lower = Column(row => row.Lower);
        if (found.All(row => row.Weight == 0)) return new QuantilePlaces(lower.MoveToOuterDisposeScope(), null, null);
        var weight = tensor(found.Select(row => row.Weight).ToArray(), type, device).reshape([.. batch, 1]);
        var isOnPlace = found.Any(row => row.Weight == 0) ? weight.eq(Number(0)).MoveToOuterDisposeScope() : null;
        return new QuantilePlaces(cat([lower, Column(row => row.Upper)], -1).MoveToOuterDisposeScope(), weight.MoveToOuterDisposeScope(), isOnPlace);
    }

    /// <summary>The mean of what the places hold, [..., d] of rows [..., r, d]. Where there is no weight, they may hold anything.</summary>
    /// <remarks>A sum of products, since the difference of numbers may overflow, and that of infinite ones is none.</remarks>
    public Tensor Mean(Tensor rows)
    {
        if (Weight is null) return rows.squeeze(-2);
        Tensor lower = rows.select(-2, 0), upper = rows.select(-2, 1);
        var mean = lower.mul(Weight.neg().Plus(1)).Plus(upper.mul(Weight));
        return IsOnPlace is null ? mean : where(IsOnPlace, lower, mean);
    }

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
