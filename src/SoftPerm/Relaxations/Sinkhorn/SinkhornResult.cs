namespace SoftPerm;

/// <summary>What Sinkhorn iterations made: a nearly doubly stochastic matrix, and how near.</summary>
/// <remarks>
/// <para>Columns sum to 1, rows up to <see cref="Residual"/>. Where the permutation of largest total logit is the only one,
/// <see cref="RelaxedPermutation.Order"/> is that.</para>
/// <para><b>Source.</b> Mena et al. 2018.</para>
/// </remarks>
/// <param name="Permutation">The relaxed permutation.</param>
/// <param name="Iterations">The number of iterations made, rows and columns.</param>
/// <param name="Residual">The largest |row sum - 1| of each matrix, shape [...]; no gradient.</param>
/// <param name="Converged">Whether every residual of the batch is at most <see cref="Sinkhorn.Tolerance"/>, or without one at most √ε of the
/// element type: 3.5e-4 for float32, 1.5e-8 for float64.</param>
public sealed record SinkhornResult(RelaxedPermutation Permutation, int Iterations, Tensor Residual, bool Converged) : IDisposable
{
    /// <summary>Releases the permutation and the residual.</summary>
    public void Dispose()
    {
        Permutation.Dispose();
        Residual.Dispose();
    }

    /// <summary>Hands the tensors held to the dispose scope around the current one.</summary>
    /// <returns>This object.</returns>
    public SinkhornResult MoveToOuterDisposeScope()
    {
        Permutation.MoveToOuterDisposeScope();
        Residual.MoveToOuterDisposeScope();
        return this;
    }
}
