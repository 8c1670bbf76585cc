using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>The soft nearest neighbours of queries: how much each candidate counts, and what their labels then say.</summary>
/// <remarks><b>Gradient.</b> Every result is differentiable in all that the weights came from.</remarks>
public sealed class SoftNeighbours : IDisposable
{
    internal SoftNeighbours(Tensor weights) => Weights = weights;

    /// <summary>How much each of c candidates counts for each of q queries, shape [..., q, c]; the sum over candidates is 1.</summary>
    public Tensor Weights { get; }

    /// <summary>Classifies the queries: the weight of the candidates of each class.</summary>
    /// <param name="labels">The candidates' classes, int64, shape [c] or [..., c], from 0 to classes - 1.</param>
    /// <param name="classes">The number of classes, at least 1.</param>
    /// <returns>Probabilities, shape [..., q, classes].</returns>
    /// <exception cref="ArgumentException">The labels are not int64, not as many as candidates, or do not broadcast.</exception>
    /// <exception cref="ArgumentOutOfRangeException">classes is less than 1, or a label is not in 0…classes-1.</exception>
    public Tensor Classify(Tensor labels, long classes)
    {
        if (classes < 1) throw new ArgumentOutOfRangeException(nameof(classes), classes, "classes must be at least 1.");
        Check.Labels(labels, Weights, axis: ^1, nameof(labels));
        Check.Classes(labels, classes, nameof(labels));
        using var scope = new CallScope(this, labels);
        var weights = Weights.AtLeastSingle();
        var members = labels.unsqueeze(-1).eq(Indices(classes, int64, labels.device)).to(weights.dtype);
        return weights.matmul(members).As(Weights.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>The loss of the paper: minus the weight of the candidates that have the query's label, averaged over queries.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> <c>-mean_q Σ_j 1(y[j] = y[q])·w[q,j]</c>; with uniform weights Eq. 13, <c>w = (1/k) Σ_{i≤k} P̂[i,·]</c>.</para>
    /// <para><b>Properties.</b> From -1, where all neighbours agree with their query, to 0.</para>
    /// <para><b>Source.</b> Grover et al. 2019, Eq. 13 with the indices of P̂ in their right order.</para>
    /// </remarks>
    /// <param name="queryLabels">The queries' labels, int64, shape [q] or [..., q].</param>
    /// <param name="labels">The candidates' labels, int64, shape [c] or [..., c].</param>
    /// <returns>A single number.</returns>
    /// <exception cref="ArgumentException">Labels are not int64, not as many as candidates or queries, or do not broadcast.</exception>
    public Tensor Loss(Tensor queryLabels, Tensor labels)
    {
        Check.Labels(labels, Weights, axis: ^1, nameof(labels));
        Check.Labels(queryLabels, Weights, axis: ^2, nameof(queryLabels));
        using var scope = new CallScope(this, labels, queryLabels);
        var agrees = labels.unsqueeze(-2).eq(queryLabels.unsqueeze(-1));
        return Weights.AtLeastSingle().mul(agrees).sum(-1).mean().neg().As(Weights.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>Releases the weights.</summary>
    public void Dispose() => Weights.Dispose();
}
