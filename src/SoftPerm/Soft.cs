using System.Diagnostics.CodeAnalysis;

namespace SoftPerm;

/// <summary>Differentiable sorting, ranking and selection in one line, along any axis.</summary>
/// <remarks>
/// <para><b>Definition.</b> The members of a <see cref="SoftOrdering"/> along an axis: <c>Soft.Rank(x)</c>, <c>Soft.Rank(x, new LapSum(tau), dim: 1)</c>.
/// Without one, <see cref="ScaleFree"/> NeuralSort, largest first. <see cref="ExactSort"/> gives the exact results, and
/// <see cref="SoftOrdering.StraightThrough"/> these forward and a relaxation's gradient backward.</para>
/// <para><b>Ties.</b> Equal values share the mean of their ranks, by every relaxation (but for the entropic permutahedron, whose mean is that of
/// exponentials, and networks, which read the order in which values are given). Several infinite values of one sign have no limit: soft and
/// straight-through results that they are part of are NaN. Where a choice must be made between equal values,
/// <see cref="ExactSort"/> makes it in input order; a soft one shares.</para>
/// <para><b>Padding.</b> Absent values come last: zero where a place or an item has none. Where no value is there, results are zero.</para>
/// <para><b>Cost.</b> That of the relaxation.</para>
/// </remarks>
public static class Soft
{
    private static readonly ScaleFree Default = new();

    /// <summary>The softly sorted values.</summary>
    /// <param name="values">Any shape with n ≥ 1 values along the axis, floating point. A network's output of shape [b, n, 1] is b·n lists of
    /// one value along the last axis: squeeze it, or take axis 1.</param>
    /// <param name="relaxation">How; null for scale-free NeuralSort.</param>
    /// <param name="dim">The axis that is sorted; negative ones count from the last.</param>
    /// <param name="mask">Which values are there, bool, broadcasting to them; null for all.</param>
    /// <returns>The shape of the values, by place along the axis.</returns>
    /// <exception cref="ArgumentException">The values or the mask have a wrong shape or type.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The values have no such axis.</exception>
    public static Tensor Sort(Tensor values, SoftOrdering? relaxation = null, long dim = -1, Tensor? mask = null) =>
        Along(dim, values, mask, (x, m) => (relaxation ?? Default).Sort(x, m));

    /// <summary>The soft ranks: the place of each value, 0 for the first.</summary>
    /// <inheritdoc cref="Sort"/>
    /// <returns>The shape of the values, within 0…n-1.</returns>
    public static Tensor Rank(Tensor values, SoftOrdering? relaxation = null, long dim = -1, Tensor? mask = null) =>
        Along(dim, values, mask, (x, m) => (relaxation ?? Default).Rank(x, m));

    /// <summary>The expected position of what is at each place, Σ_j j P̂[i,j]: a soft argsort.</summary>
    /// <inheritdoc cref="Sort"/>
    /// <returns>The shape of the values, by place, within 0…n-1; 0 at places that nobody takes.</returns>
    /// <exception cref="ArgumentException">The relaxation has no matrix; or as for <see cref="Sort"/>.</exception>
    public static Tensor ArgSort(Tensor values, SoftOrdering? relaxation = null, long dim = -1, Tensor? mask = null) =>
        Along(dim, values, mask, (x, m) => (relaxation ?? Default).ArgSort(x, m));

    /// <summary>The largest k values (or the smallest, if not descending), and how much each value is one of them.</summary>
    /// <inheritdoc cref="Sort"/>
    /// <param name="values">As for <see cref="Sort"/>.</param>
    /// <param name="k">The number of places, 1 to n.</param>
    /// <param name="relaxation">As for <see cref="Sort"/>.</param>
    /// <param name="dim">As for <see cref="Sort"/>.</param>
    /// <param name="mask">As for <see cref="Sort"/>.</param>
    /// <returns>Membership, which sums to k (at least, by the entropic permutahedron: <see cref="PermutahedronRegularization"/>), and values.</returns>
    /// <exception cref="ArgumentOutOfRangeException">k is not in 1…n.</exception>
    public static SoftSelection TopK(Tensor values, long k, SoftOrdering? relaxation = null, long dim = -1, Tensor? mask = null)
    {
        Check(values, dim, mask);
        using var scope = new CallScope(values, mask);
        var (membership, sorted) = (relaxation ?? Default).Select(Last(values, dim), k, Last(mask?.expand(values.shape), dim));
        return new SoftSelection(
            membership.movedim([-1], [dim]).MoveToOuterDisposeScope(), sorted.narrow(-1, 0, k).movedim([-1], [dim]).MoveToOuterDisposeScope());
    }

    /// <summary>A soft quantile: 0 the smallest value, 0.5 the median, 1 the largest; between two places, interpolated linearly; on a
    /// place (up to the rounding of q (n - 1)), what is there alone.</summary>
    /// <inheritdoc cref="Sort"/>
    /// <param name="values">As for <see cref="Sort"/>.</param>
    /// <param name="quantile">q in [0, 1].</param>
    /// <param name="relaxation">As for <see cref="Sort"/>.</param>
    /// <param name="dim">As for <see cref="Sort"/>.</param>
    /// <param name="mask">As for <see cref="Sort"/>.</param>
    /// <returns>The shape of the values without the axis; 0 where no value is there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">q is not in [0, 1].</exception>
    public static Tensor Quantile(Tensor values, double quantile, SoftOrdering? relaxation = null, long dim = -1, Tensor? mask = null) =>
        Along(dim, values, mask, (x, m) => (relaxation ?? Default).Quantile(x, quantile, m), keepsAxis: false);

    /// <summary>The soft median; of an even number of values, the mean of the two in the middle.</summary>
    /// <inheritdoc cref="Quantile"/>
    public static Tensor Median(Tensor values, SoftOrdering? relaxation = null, long dim = -1, Tensor? mask = null) => Quantile(values, 0.5, relaxation, dim, mask);

    /// <summary>The soft minimum.</summary>
    /// <inheritdoc cref="Quantile"/>
    public static Tensor Min(Tensor values, SoftOrdering? relaxation = null, long dim = -1, Tensor? mask = null) => Quantile(values, 0, relaxation, dim, mask);

    /// <summary>The soft maximum.</summary>
    /// <inheritdoc cref="Quantile"/>
    public static Tensor Max(Tensor values, SoftOrdering? relaxation = null, long dim = -1, Tensor? mask = null) => Quantile(values, 1, relaxation, dim, mask);

    /// <summary>How much each value belongs to the first k places.</summary>
    internal static Tensor Membership(Tensor values, long k, SoftOrdering? relaxation, long dim, Tensor? mask = null) =>
        Along(dim, values, mask, (x, m) => (relaxation ?? Default).TopK(x, k, m));

    private static Tensor Along(long dim, Tensor values, Tensor? mask, Func<Tensor, Tensor?, Tensor> compute, bool keepsAxis = true)
    {
        Check(values, dim, mask);
        using var scope = new CallScope(values, mask, compute);
        var result = compute(Last(values, dim), Last(mask?.expand(values.shape), dim));
        return (keepsAxis ? result.movedim([-1], [dim]) : result).MoveToOuterDisposeScope();
    }

    private static void Check(Tensor values, long dim, Tensor? mask)
    {
        Validation.Check.Axis(values, dim, nameof(values));
        if (mask is not null) Validation.Check.Mask(mask, values, nameof(mask));
    }

    [return: NotNullIfNotNull(nameof(tensor))]
    private static Tensor? Last(Tensor? tensor, long dim) => tensor?.movedim([dim], [-1]);
}

/// <summary>A soft choice of the first k places.</summary>
/// <param name="Membership">How much each value belongs to it, of the shape of the values; sums to k along the axis, or to the number of values
/// there if that is less; by the entropic <see cref="Permutahedron"/>, to at least that.</param>
/// <param name="Values">The softly sorted values at the places, k along the axis.</param>
public readonly record struct SoftSelection(Tensor Membership, Tensor Values);
