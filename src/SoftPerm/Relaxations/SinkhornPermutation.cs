namespace SoftPerm;

/// <summary>A relaxed permutation that Sinkhorn iterations made: a nearly doubly stochastic matrix.</summary>
/// <remarks>
/// <para>Columns sum to 1, rows up to <see cref="Residual"/>. Where the permutation of largest total logit is the only one,
/// <see cref="RelaxedPermutation.Order"/> is that.</para>
/// <para><b>Source.</b> Mena et al. 2018.</para>
/// </remarks>
public sealed class SinkhornPermutation : DensePermutation
{
    private readonly Tensor residual;

    /// <summary>Takes over the tensors, which belong to the caller's scope.</summary>
    internal SinkhornPermutation(Tensor log, Tensor residual, int iterations, bool converged) : base(log)
    {
        this.residual = residual;
        Iterations = iterations;
        Converged = converged;
    }

    /// <summary>The number of iterations made, rows and columns.</summary>
    public int Iterations { get; }

    /// <summary>The largest |row sum - 1| of each matrix, shape [...]; no gradient. Lives as long as this object.</summary>
    /// <exception cref="ObjectDisposedException">This object was disposed.</exception>
    public Tensor Residual
    {
        get
        {
            ThrowIfDisposed();
            return residual;
        }
    }

    /// <summary>Whether every residual of the batch is at most <see cref="Sinkhorn.Tolerance"/>, or without one at most √ε of the
    /// element type: 3.5e-4 for float32, 1.5e-8 for float64.</summary>
    public bool Converged { get; }

    /// <inheritdoc/>
    internal override SinkhornPermutation MoveToOuterDisposeScope()
    {
        base.MoveToOuterDisposeScope();
        residual.MoveToOuterDisposeScope();
        return this;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing) residual.Dispose();
    }
}
