namespace SoftPerm;

/// <summary>A mean over random draws, and how far it may be off.</summary>
/// <param name="Value">The estimate, in the caller's dispose scope.</param>
/// <param name="StandardError">The estimated standard deviation of <paramref name="Value"/>, of its shape. Where all draws agreed it is 0,
/// which says little about rare events.</param>
public readonly record struct MonteCarloEstimate(Tensor Value, Tensor StandardError) : IDisposable
{
    /// <summary>Releases both tensors.</summary>
    public void Dispose()
    {
        Value.Dispose();
        StandardError.Dispose();
    }
}
