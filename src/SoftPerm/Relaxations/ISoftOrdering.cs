namespace SoftPerm;

/// <summary>A differentiable stand-in for sorting and ranking values along their last axis.</summary>
/// <remarks>
/// Every <see cref="IRelaxation"/> is one, by its matrix; <see cref="Permutahedron"/> has results without a matrix. In the limit of
/// low temperature, results are those of an exact sort. A NaN makes its own batch row NaN and no other.
/// </remarks>
public interface ISoftOrdering
{
    /// <summary>Whether the first place, rank 0, holds the largest value.</summary>
    bool Descending { get; }

    /// <summary>The softly sorted values.</summary>
    /// <param name="values">Shape [..., n] with n ≥ 1, float32 or float64.</param>
    /// <param name="mask">Which values are there, bool, broadcasting to them; null means all. Absent values come last, as zeros.</param>
    /// <returns>Shape [..., n], by place.</returns>
    /// <exception cref="ArgumentException">As for <see cref="IRelaxation.Relax"/>.</exception>
    Tensor Sort(Tensor values, Tensor? mask = null);

    /// <summary>The soft ranks: the place of each value, 0 for the first.</summary>
    /// <param name="values">As for <see cref="Sort"/>.</param>
    /// <param name="mask">As for <see cref="Sort"/>; absent values have rank 0 and no gradient.</param>
    /// <returns>Shape [..., n], by item, within 0…n-1.</returns>
    Tensor Rank(Tensor values, Tensor? mask = null);

    /// <summary>How much each value belongs to the first k places.</summary>
    /// <param name="values">As for <see cref="Sort"/>.</param>
    /// <param name="k">The number of places, 1 to n.</param>
    /// <param name="mask">As for <see cref="Sort"/>; absent values belong to no place.</param>
    /// <returns>Shape [..., n], by item, within 0…1; sums to k, or to the number of values there if that is less. Those of the entropic
    /// <see cref="Permutahedron"/> sum to at least that, and to exactly that where they are 0 and 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException">k is not in 1…n.</exception>
    Tensor TopK(Tensor values, long k, Tensor? mask = null);

    /// <summary>A soft quantile: 0 the smallest value, 0.5 the median, 1 the largest.</summary>
    /// <remarks>Between two places, values are interpolated linearly. A quantile that falls on a place, up to the rounding of q (n - 1), is
    /// what is at that place alone.</remarks>
    /// <param name="values">As for <see cref="Sort"/>.</param>
    /// <param name="quantile">q in [0, 1].</param>
    /// <param name="mask">As for <see cref="Sort"/>; absent values do not count.</param>
    /// <returns>Shape [...]; 0 where no value is there.</returns>
    /// <exception cref="ArgumentOutOfRangeException">q is not in [0, 1].</exception>
    Tensor Quantile(Tensor values, double quantile, Tensor? mask = null);
}
