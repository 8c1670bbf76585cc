using SoftPerm.Autograd;
using SoftPerm.Validation;

namespace SoftPerm;

/// <summary>A relaxed permutation held as the logarithm of its matrix: for matrices that have no structure to use.</summary>
/// <remarks>
/// <para>Row i belongs to place i, column j to item j. <see cref="RelaxedPermutation.Order"/> is the permutation of largest total
/// log-probability, Σ_i log P[i, order_i]: where each row's largest entry is in another column, it is made of those.
/// <see cref="RelaxedPermutation.Quantile"/> takes the first place for the largest.</para>
/// <para><b>Cost.</b> O(n²) time and memory for one operator, O(n³) time for the order.</para>
/// <para><b>Source.</b> Jonker and Volgenant 1987 for the order.</para>
/// </remarks>
public class DensePermutation : RelaxedPermutation
{
    private readonly Tensor log;

    /// <summary>Takes over the tensor, which belongs to the caller's scope.</summary>
    private protected DensePermutation(Tensor log)
        : base(log.shape.AsSpan()[..^1], log.dtype, log.device, descending: true) => this.log = log;

    /// <summary>The softmax of each row of logits: row-stochastic, and nothing more.</summary>
    /// <remarks><b>Source.</b> The vanilla row-stochastic baseline of Grover et al. 2019.</remarks>
    /// <param name="logits">Shape [..., n, n] with n ≥ 1, float32 or float64; row i for place i, column j for item j. -∞ forbids a pair,
    /// as long as some permutation holds none. It need not stay alive.</param>
    /// <returns>The relaxed permutation. It holds a tensor of its own: dispose it, or let the dispose scope do so.</returns>
    /// <exception cref="ArgumentException">The logits are not square matrices, have another element type, hold NaN or +∞, or forbid
    /// every permutation.</exception>
    public static DensePermutation FromRows(Tensor logits)
    {
        Check.Matrices(logits, nameof(logits));
        Matching.CheckExists(logits, nameof(logits));
        using var scope = new CallScope(logits);
        return new DensePermutation(logits.log_softmax(-1)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected internal override Tensor? PresentCount => null;

    /// <inheritdoc/>
    protected override bool HasLostTensors => log.IsInvalid;

    /// <summary>Hands the tensors held to the caller's scope.</summary>
    internal virtual DensePermutation MoveToOuterDisposeScope()
    {
        log.MoveToOuterDisposeScope();
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
    protected override Tensor LogMatrixCore() => log.Own();

    /// <inheritdoc/>
    protected override Tensor MatrixCore() => log.exp();

    /// <inheritdoc/>
    protected override Tensor OrderCore() => Matching.Best(log);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) log.Dispose();
    }
}
