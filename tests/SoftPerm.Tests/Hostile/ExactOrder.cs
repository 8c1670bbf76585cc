namespace SoftPerm.Tests.Hostile;

/// <summary>What an exact sort gives for the numbers of one row, written apart from the product.</summary>
internal sealed class ExactOrder
{
    private readonly double[] values;
    private readonly int[] order;

    /// <param name="values">No NaN.</param>
    /// <param name="descending">Whether the largest comes first.</param>
    public ExactOrder(double[] values, bool descending)
    {
        this.values = values;
        order = [.. Enumerable.Range(0, values.Length).OrderBy(item => descending ? -values[item] : values[item])]; // stable
        Sorted = [.. order.Select(item => values[item])];
    }

    /// <summary>The values by place.</summary>
    public double[] Sorted { get; }

    /// <summary>The item at each place, ties in input order.</summary>
    public int[] Order => order;

    /// <summary>Whether no two values are equal.</summary>
    public bool IsStrict => Sorted.Zip(Sorted.Skip(1)).All(pair => pair.First != pair.Second);

    /// <summary>The place of each item; equal ones share the mean of theirs.</summary>
    public double[] Ranks() => [.. values.Select(value => (Array.IndexOf(Sorted, value) + Array.LastIndexOf(Sorted, value)) / 2.0)];

    /// <summary>Whether the first k places are decided.</summary>
    public bool IsSettled(int k) => k >= values.Length || Sorted[k - 1] != Sorted[k];

    /// <summary>1 for the items of the first k places.</summary>
    public double[] Membership(int k) => [.. Enumerable.Range(0, values.Length).Select(item => Array.IndexOf(order, item) < k ? 1.0 : 0)];

    /// <summary>The quantile, linear between two places; null between -∞ and ∞, where no number is.</summary>
    public double? Quantile(double quantile)
    {
        if (values.Length == 0) return 0;
        double[] rising = [.. values.Order()];
        var position = quantile * (rising.Length - 1);
        // What is a rounding away from a place is meant to be on it.
        if (Math.Abs(position - Math.Round(position)) <= 4 * Rounding.OfDouble * Math.Max(1, position)) return rising[(int)Math.Round(position)];
        double low = rising[(int)position], high = rising[(int)position + 1], part = position - (int)position;
        if (low == high) return low;
        if (double.IsInfinity(low) || double.IsInfinity(high)) return double.IsInfinity(low) && double.IsInfinity(high) ? null : low + high;
        return low * (1 - part) + high * part;
    }

    /// <summary>The values that a quantile is between.</summary>
    public (double Low, double High) Around(double quantile)
    {
        double[] rising = [.. values.Order()];
        var place = (int)(quantile * (rising.Length - 1));
        return (rising[place], rising[Math.Min(place + 1, rising.Length - 1)]);
    }

    /// <summary>Spearman's ρ with other values of the same items; null where a side has no order.</summary>
    public double? Spearman(ExactOrder other)
    {
        double middle = (values.Length - 1) / 2.0;
        double[] a = [.. Ranks().Select(rank => rank - middle)], b = [.. other.Ranks().Select(rank => rank - middle)];
        double Product(double[] x, double[] y) => x.Zip(y, (p, q) => p * q).Sum();
        return Product(a, a) == 0 || Product(b, b) == 0 ? null : Product(a, b) / Math.Sqrt(Product(a, a) * Product(b, b));
    }

    /// <summary>Kendall's τ-b with other values of the same items; null where a side has no order.</summary>
    public double? Kendall(ExactOrder other) => Differing == 0 || other.Differing == 0 ? null : Agreement(other) / Math.Sqrt((double)Differing * other.Differing);

    /// <summary>Somers' D given other values of the same items; null where those have no order.</summary>
    public double? Somers(ExactOrder other) => other.Differing == 0 ? null : Agreement(other) / (double)other.Differing;

    private long Differing => Pairs.Count(pair => values[pair.I] != values[pair.J]);

    private IEnumerable<(int I, int J)> Pairs => Enumerable.Range(0, values.Length).SelectMany(i => Enumerable.Range(0, i).Select(j => (i, j)));

    private long Agreement(ExactOrder other) => Pairs.Sum(pair => (long)values[pair.I].CompareTo(values[pair.J]) * other.values[pair.I].CompareTo(other.values[pair.J]));
}
