namespace SoftPerm.Distributions;

/// <summary>All orders of a few items.</summary>
internal static class Enumeration
{
    /// <summary>The most items whose orders are enumerated: 8! is 40,320.</summary>
    public const int ItemLimit = 8;

    /// <summary>The number of orders n!, or <see cref="long.MaxValue"/> where that is more.</summary>
    public static long Count(long items)
    {
        long count = 1;
        for (long i = 2; i <= items; i++)
        {
            if (count > long.MaxValue / i) return long.MaxValue;
            count *= i;
        }

        return count;
    }

    /// <summary>Every order, int64 [n!, n], in lexicographic order.</summary>
    public static Tensor Orders(int items, Device device)
    {
        var orders = new List<long[]> { Array.Empty<long>() };
        for (var place = 0; place < items; place++)
            orders = [.. orders.SelectMany(first => Enumerable.Range(0, items).Select(i => (long)i).Except(first).Select(item => (long[])[.. first, item]))];
        return tensor(orders.SelectMany(order => order).ToArray(), [orders.Count, items], device: device);
    }
}
