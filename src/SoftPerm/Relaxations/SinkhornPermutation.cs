using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>A relaxed permutation that Sinkhorn iterations made: a nearly doubly stochastic matrix, held as its logarithm.</summary>
/// <remarks>
/// <para>Row i belongs to place i, column j to item j, as in the logits. Columns sum to 1, rows up to <see cref="Residual"/>.
/// <see cref="RelaxedPermutation.Order"/> is the permutation of largest total log-probability, Σ_i log P[i, order_i]; where it is the
/// only one, it is that of largest total logit. <see cref="RelaxedPermutation.Quantile"/> takes the first place for the largest.</para>
/// <para><b>Cost.</b> O(n²) time and memory for one operator, O(n³) time for the order.</para>
/// <para><b>Source.</b> Mena et al. 2018; Jonker and Volgenant 1987 for the order.</para>
/// </remarks>
public sealed class SinkhornPermutation : RelaxedPermutation
{
    private readonly Tensor log;

    /// <summary>Takes over the tensors, which belong to the caller's scope.</summary>
    internal SinkhornPermutation(Tensor log, Tensor residual, int iterations, bool converged)
        : base(log.shape.AsSpan()[..^1], log.dtype, log.device, descending: true)
    {
        this.log = log;
        Residual = residual;
        Iterations = iterations;
        Converged = converged;
    }

    /// <summary>The number of iterations made, rows and columns.</summary>
    public int Iterations { get; }

    /// <summary>The largest |row sum - 1| of each matrix, shape [...]; no gradient. Lives as long as this object.</summary>
    public Tensor Residual { get; }

    /// <summary>Whether every residual of the batch is at most <see cref="Sinkhorn.Tolerance"/>, or without one at most √ε of the
    /// element type: 3.5e-4 for float32, 1.5e-8 for float64.</summary>
    public bool Converged { get; }

    /// <inheritdoc/>
    protected internal override Tensor? PresentCount => null;

    /// <summary>Hands the tensors held to the caller's scope.</summary>
    internal SinkhornPermutation MoveToOuterDisposeScope()
    {
        log.MoveToOuterDisposeScope();
        Residual.MoveToOuterDisposeScope();
        return this;
    }

    /// <inheritdoc/>
    protected override Tensor ApplyCore(Tensor values) => log.exp().matmul(values);

    /// <inheritdoc/>
    protected override Tensor ApplyTransposeCore(Tensor values) => log.exp().transpose(-1, -2).matmul(values);

    /// <inheritdoc/>
    protected override Tensor TopKCore(long k) => log.narrow(-2, 0, k).exp().sum(-2);

    /// <inheritdoc/>
    protected override Tensor RowsCore(Tensor places)
    {
        long[] rows = [.. Batch, places.size(-1)];
        return log.gather(-2, places.expand(rows).unsqueeze(-1).expand([.. rows, Items])).exp();
    }

    /// <inheritdoc/>
    protected override Tensor CrossEntropyCore(Tensor order)
    {
        var shape = Check.Broadcast(order.shape, [.. Batch, Items])!;
        return log.expand([.. shape, Items]).gather(-1, order.expand(shape).unsqueeze(-1)).squeeze(-1).mean([-1]).neg();
    }

    /// <inheritdoc/>
    protected override Tensor LogMatrixCore() => log.alias();

    /// <inheritdoc/>
    protected override Tensor MatrixCore() => log.exp();

    /// <inheritdoc/>
    protected override Tensor OrderCore() => Matching.Best(log);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing) return;
        log.Dispose();
        Residual.Dispose();
    }
}
