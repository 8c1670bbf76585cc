using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace SoftPerm.Paper.Networks;

/// <summary>The directions in which features vary most.</summary>
/// <remarks>
/// <para><b>Definition.</b> The leading eigenvectors of the covariance <c>Σ (x - mean)(x - mean)ᵀ / (N - 1)</c>, largest variance first; of
/// the two signs, that with which a component's largest element is positive.</para>
/// <para><b>Cost.</b> O(N·d² + d³) time, O(d²) memory; all in float64.</para>
/// </remarks>
public sealed class PrincipalComponents : IDisposable
{
    private const int SamplesAtOnce = 4096;

    private PrincipalComponents(Tensor mean, Tensor directions, Tensor variances) => (Mean, Directions, Variances) = (mean, directions, variances);

    /// <summary>The mean of the samples, float64 [d].</summary>
    public Tensor Mean { get; }

    /// <summary>The components, float64 [components, d], orthonormal.</summary>
    public Tensor Directions { get; }

    /// <summary>The variance of the samples along each component, float64 [components], falling.</summary>
    public Tensor Variances { get; }

    /// <summary>Finds the components of samples.</summary>
    /// <param name="samples">Features, [N, d] with N ≥ 2, of any floating-point type, finite.</param>
    /// <param name="components">How many, 1 to d.</param>
    /// <returns>The components; dispose them, or let the dispose scope do so.</returns>
    /// <exception cref="ArgumentException">The samples are no matrix of two rows or more, or not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">components is not in 1…d.</exception>
    public static PrincipalComponents Fit(Tensor samples, int components)
    {
        if (samples.dim() != 2 || samples.size(0) < 2)
            throw new ArgumentException($"samples must be a matrix of at least two rows; the shape is [{string.Join(", ", samples.shape)}].", nameof(samples));
        var (count, features) = (samples.size(0), samples.size(1));
        if (components < 1 || components > features)
            throw new ArgumentOutOfRangeException(nameof(components), components, $"components must be in 1…{features}, the number of features.");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var mean = samples.mean([0], type: float64);
        if (!mean.isfinite().all().item<bool>()) throw new ArgumentException("samples must be finite.", nameof(samples));
        var (variances, vectors) = linalg.eigh(Covariance(samples, mean).div(Number(count - 1))); // smallest first, in columns
        var directions = vectors.t().flip(0).narrow(0, 0, components);
        var largest = directions.gather(1, directions.abs().argmax(1, keepdim: true));
        return new PrincipalComponents(
            mean.MoveToOuterDisposeScope(),
            directions.mul(largest.sign()).MoveToOuterDisposeScope(),
            variances.flip(0).narrow(0, 0, components).clone().MoveToOuterDisposeScope());
    }

    /// <summary>The coordinates of samples along the components.</summary>
    /// <param name="samples">Features, [N, d].</param>
    /// <returns>[N, components], of the samples' type, in the caller's dispose scope.</returns>
    public Tensor Transform(Tensor samples) => InBlocks(samples, block => block.sub(Mean).matmul(Directions.t()));

    /// <summary>The samples closest to what the coordinates say.</summary>
    /// <param name="coordinates">[N, components].</param>
    /// <returns>[N, d], of the coordinates' type, in the caller's dispose scope.</returns>
    public Tensor Restore(Tensor coordinates) => InBlocks(coordinates, block => block.matmul(Directions).Plus(Mean));

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        Directions.Dispose();
        Variances.Dispose();
    }

    private static Tensor Covariance(Tensor samples, Tensor mean)
    {
        var sum = zeros(samples.size(1), samples.size(1), float64);
        foreach (var part in samples.split(SamplesAtOnce))
        {
            using var scope = NewDisposeScope();
            var centred = part.to(float64).sub(mean);
            sum.addmm_(centred.t(), centred);
        }

        return sum;
    }

    private static Tensor InBlocks(Tensor rows, Func<Tensor, Tensor> map)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var parts = rows.split(SamplesAtOnce).Select(part =>
        {
            using var inner = NewDisposeScope();
            return map(part.to(float64)).to(rows.dtype).MoveToOuterDisposeScope();
        });
        return cat([.. parts]).MoveToOuterDisposeScope();
    }
}
