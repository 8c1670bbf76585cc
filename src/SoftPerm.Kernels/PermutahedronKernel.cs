using System.Numerics;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Permutahedron;

namespace SoftPerm.Kernels;

/// <summary>Soft ranks, a soft choice of the first k, or softly sorted scores of a batch on plain memory, by projection onto a permutahedron.</summary>
/// <remarks>
/// <para><b>Definition.</b> With P(z, w) the projection of z onto the convex hull of all orders of w: ranks are P(-s/τ, (0 … n-1)), the choice is
/// P(s/τ, (1 … 1, 0 … 0)), and the sorted scores are P((n-1 … 0)/τ, s); with the smallest score first, s changes its sign.</para>
/// <para><b>Properties.</b> The sums of w are kept, entropically that of exponentials. τ → 0 gives the exact result, and so does any τ small enough.</para>
/// <para><b>Gradient.</b> Constant within a piece; equal scores share theirs.</para>
/// <para><b>Numerics.</b> Infinite scores and NaN as for <see cref="SortKernel{T}"/>.</para>
/// <para><b>Cost.</b> O(n log n) time and O(n) memory a sequence.</para>
/// <para><b>Source.</b> Blondel et al. 2020; docs/math/permutahedron.md.</para>
/// </remarks>
public static class PermutahedronKernel
{
    /// <summary>Soft ranks: 0 for the first place.</summary>
    /// <returns>What gradients need; dispose it.</returns>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="scores">s, [sequences, n].</param>
    /// <param name="items">n, at least 1; it divides the number of scores.</param>
    /// <param name="temperature">τ, positive and finite, in units of the scores.</param>
    /// <param name="result">Receives the ranks, by item, [sequences, n].</param>
    /// <param name="options">How to compute; null for the defaults.</param>
    /// <exception cref="ArgumentException">A length does not fit, or memory is shared.</exception>
    /// <exception cref="ArgumentOutOfRangeException">n or the temperature is outside its domain.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public static PermutahedronKernel<T> Rank<T>(
        ReadOnlySpan<T> scores, int items, double temperature, Span<T> result, PermutahedronKernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(scores, items, temperature, result, options, ProjectionTarget.Rank);

    /// <summary>How much each item belongs to the first k places.</summary>
    /// <inheritdoc cref="Rank{T}" path="/typeparam|/exception|/returns"/>
    /// <param name="scores">s, [sequences, n].</param>
    /// <param name="items">n, at least 1; it divides the number of scores.</param>
    /// <param name="k">In [1, n].</param>
    /// <param name="temperature">τ, positive and finite, in units of the scores.</param>
    /// <param name="result">Receives the choice, by item, [sequences, n]; it sums to k.</param>
    /// <param name="options">How to compute; null for the defaults.</param>
    public static PermutahedronKernel<T> TopK<T>(
        ReadOnlySpan<T> scores, int items, int k, double temperature, Span<T> result, PermutahedronKernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (k < 1 || k > items) throw new ArgumentOutOfRangeException(nameof(k), k, $"k must be in [1, {items}].");
        return new(scores, items, temperature, result, options, ProjectionTarget.TopK(k));
    }

    /// <summary>Softly sorted scores, by place.</summary>
    /// <inheritdoc cref="Rank{T}" path="/param|/typeparam"/>
    /// <inheritdoc cref="Rank{T}" path="/exception|/returns"/>
    public static PermutahedronKernel<T> Sort<T>(
        ReadOnlySpan<T> scores, int items, double temperature, Span<T> result, PermutahedronKernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        new(scores, items, temperature, result, options, ProjectionTarget.Sort);
}

/// <summary>What the gradients of one result of a <see cref="PermutahedronKernel"/> need.</summary>
/// <remarks>It may be used from several threads at once, and not after <see cref="Dispose"/>.</remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed unsafe class PermutahedronKernel<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly KernelBatch batch;
    private readonly PermutahedronOperators<T> operators;
    private readonly bool hasTemperatureGradient;
    private int disposed;

    internal PermutahedronKernel(
        ReadOnlySpan<T> scores, int items, double temperature, Span<T> result, PermutahedronKernelOptions? options, ProjectionTarget target)
    {
        options ??= new PermutahedronKernelOptions();
        batch = KernelBatch.Of(scores, items, temperature);
        batch.Check(result.Length, 1, nameof(result));
        KernelBatch.CheckApart<T, T>(result, scores, nameof(result));
        hasTemperatureGradient = options.TemperatureGradient;
        var isRank = target == ProjectionTarget.Rank; // which grow from place to place
        fixed (T* s = scores, y = result)
        fixed (double* temperatures = batch.Temperatures(temperature))
        {
            var given = new ScoreBatch<T>(
                new Buffer<T>(s, scores.Length), default, new Buffer<double>(temperatures, batch.Sequences), items, options.Descending != isRank);
            operators = PermutahedronOperators<T>.Of(given, target, options.Entropic, hasTemperatureGradient, options.Threads);
            operators.Forward(batch.Matrix(y, result, 1));
        }
    }

    /// <summary>The gradients of a loss in the result.</summary>
    /// <param name="upstream">The loss's gradient in the result.</param>
    /// <param name="scoreGradient">Receives the gradient in the scores, [sequences, n]; empty if it is not wanted.</param>
    /// <param name="temperatureGradient">Receives the gradient in each sequence's τ; empty if it is not wanted.</param>
    /// <exception cref="ArgumentException">A length does not fit, memory is shared, or the options exclude the gradient of the temperature.</exception>
    public void Gradient(ReadOnlySpan<T> upstream, Span<T> scoreGradient, Span<double> temperatureGradient)
    {
        ObjectDisposedException.ThrowIf(disposed != 0, this);
        batch.Check(upstream.Length, 1, nameof(upstream));
        KernelBatch.CheckApart<T, T>(scoreGradient, upstream, nameof(scoreGradient));
        KernelBatch.CheckApart<double, T>(temperatureGradient, upstream, nameof(temperatureGradient));
        KernelBatch.CheckApart<double, T>(temperatureGradient, scoreGradient, nameof(temperatureGradient));
        if (!temperatureGradient.IsEmpty && !hasTemperatureGradient)
            throw new ArgumentException("The options exclude the gradient of the temperature; it must be empty.", nameof(temperatureGradient));
        batch.Clear(scoreGradient, temperatureGradient);
        fixed (T* g = upstream, ds = scoreGradient)
        fixed (double* dt = temperatureGradient)
            operators.Backward(batch.Matrix(g, upstream, 1), batch.Matrix(ds, scoreGradient, 1), new Buffer<double>(dt, temperatureGradient.Length));
    }

    /// <summary>Gives scratch memory back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0) operators.Dispose();
    }
}
