namespace SoftPerm;

/// <summary>A continuous relaxation of sorting: turns scores into a permutation through which gradients flow.</summary>
public interface IRelaxation : ISoftOrdering
{
    /// <summary>Relaxes the permutation that sorts the scores along their last axis.</summary>
    /// <remarks><b>Gradient.</b> What is relaxed while gradients are off (<c>torch.no_grad</c>) has none in the scores and the temperature, also
    /// where its members are called with gradients on; the values given to members still get theirs.</remarks>
    /// <param name="scores">What to sort by, shape [..., n] with n ≥ 1, float32 or float64, on any device. A network's output of shape [b, n, 1]
    /// would be b·n lists of one item: squeeze it.</param>
    /// <param name="mask">Which items are there, bool, of a shape that broadcasts to that of the scores; null means all. Items
    /// that are not there (padding) take the last places, get no mass and no gradient; the rows of their places are zero.</param>
    /// <returns>The relaxed permutation, row i for place i. It holds tensors of its own: dispose it, or let
    /// the dispose scope do so. It does not need the scores and the mask to stay alive.</returns>
    /// <exception cref="ArgumentException">The scores have no axis, an empty last axis or another element type, or the mask
    /// is not boolean or does not broadcast to the scores.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A tensor temperature holds a value that is not positive and finite.</exception>
    RelaxedPermutation Relax(Tensor scores, Tensor? mask = null);

    /// <summary>The softly sorted values, P̂ s.</summary>
    /// <inheritdoc/>
    Tensor ISoftOrdering.Sort(Tensor values, Tensor? mask)
    {
        using var permutation = Relax(values, mask);
        return permutation.SoftlySorted(values);
    }

    /// <summary>The soft ranks: the mean place of each item under its column of P̂, Σ_i i P̂[i,j] / Σ_i P̂[i,j].</summary>
    /// <inheritdoc/>
    Tensor ISoftOrdering.Rank(Tensor values, Tensor? mask)
    {
        using var permutation = Relax(values, mask);
        return permutation.Ranks();
    }

    /// <summary>How much each value belongs to the first k places: the first k rows of P̂ summed.</summary>
    /// <inheritdoc/>
    Tensor ISoftOrdering.TopK(Tensor values, long k, Tensor? mask)
    {
        using var permutation = Relax(values, mask);
        return permutation.TopK(k);
    }

    /// <summary>The mean of the values under the row of P̂ at the quantile.</summary>
    /// <inheritdoc/>
    Tensor ISoftOrdering.Quantile(Tensor values, double quantile, Tensor? mask)
    {
        using var permutation = Relax(values, mask);
        return permutation.MeanAtQuantile(quantile, values);
    }
}
