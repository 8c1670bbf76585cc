using System.Numerics;
using SoftPerm.Kernels.LapSum;
using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.SoftSort;
using SoftPerm.Kernels.SortingNetworks;

namespace SoftPerm.Kernels;

/// <summary>Makes relaxed permutations of batches of scores on plain memory.</summary>
public static class SortKernel
{
    /// <summary>NeuralSort.</summary>
    /// <remarks>
    /// <para><b>Definition</b> (i, j, k from 1): <c>P[i,j] = softmax_j(((n+1-2i)·s[j] - Σ_k |s[j]-s[k]|) / τ)</c></para>
    /// <para><b>Properties.</b> Rows sum to 1, columns need not.</para>
    /// <para><b>Numerics.</b> Entries within the tolerance of the options, relative to their row.</para>
    /// <para><b>Cost.</b> O(n log n) where the gaps between neighbouring scores change slowly.</para>
    /// <para><b>Source.</b> Grover et al. 2019, Eq. 5; derivation in docs/math/neural-sort.md.</para>
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="scores">s, [sequences, n].</param>
    /// <param name="items">n, at least 1; it divides the number of scores.</param>
    /// <param name="temperature">τ, positive and finite, in units of the scores.</param>
    /// <param name="options">How to compute; null for the defaults.</param>
    /// <exception cref="ArgumentException">The scores are not whole sequences.</exception>
    /// <exception cref="ArgumentOutOfRangeException">n or the temperature is outside its domain.</exception>
    /// <exception cref="NotSupportedException">T is neither float nor double.</exception>
    public static SortKernel<T> NeuralSort<T>(ReadOnlySpan<T> scores, int items, double temperature, NeuralSortKernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        options ??= new NeuralSortKernelOptions();
        var settings = new KernelSettings(options.Tolerance ?? (typeof(T) == typeof(float) ? 1e-8 : 1e-13), options.Width, options.Threads, options.Method);
        return new(scores, items, temperature, options, (sorted, _) => new NeuralSortOperators<T>(sorted, settings));
    }

    /// <summary>SoftSort.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> <c>P[i,j] = softmax_j(-|t[i] - s[j]|^p / τ)</c>, t the scores sorted.</para>
    /// <para><b>Properties.</b> Rows sum to 1, columns need not.</para>
    /// <para><b>Cost.</b> O(n) after the sort: two scans for p = 1, a fast Gauss transform for p = 2.</para>
    /// <para><b>Source.</b> Prillo and Eisenschlos 2020; docs/math/soft-sort.md.</para>
    /// </remarks>
    /// <inheritdoc cref="NeuralSort{T}" path="/typeparam|/exception"/>
    /// <param name="scores">s, [sequences, n].</param>
    /// <param name="items">n, at least 1; it divides the number of scores.</param>
    /// <param name="temperature">τ, positive and finite, in units of the scores to the power p.</param>
    /// <param name="power">p: 1 or 2.</param>
    /// <param name="options">How to compute; null for the defaults.</param>
    public static SortKernel<T> SoftSort<T>(ReadOnlySpan<T> scores, int items, double temperature, int power = 1, KernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (power is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(power), power, "The power must be 1 or 2.");
        options ??= new KernelOptions();
        return new(scores, items, temperature, options, (sorted, _) => new SoftSortOperators<T>(sorted, power, options.Threads), power == 2);
    }

    /// <summary>LapSum.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> <c>P[i,j] = Φ(d[i] + s[j]/τ) - Φ(d[i-1] + s[j]/τ)</c> (i from 1), Φ the distribution function of the Laplace
    /// distribution and d such that <c>Σ_j Φ(d[k] + s[j]/τ) = k</c>.</para>
    /// <para><b>Properties.</b> Rows and columns sum to 1.</para>
    /// <para><b>Cost.</b> O(n) after the sort.</para>
    /// <para><b>Source.</b> Struski et al. 2025; docs/math/lap-sum.md.</para>
    /// </remarks>
    /// <inheritdoc cref="NeuralSort{T}" path="/param|/typeparam"/>
    /// <inheritdoc cref="NeuralSort{T}" path="/exception"/>
    public static SortKernel<T> LapSum<T>(ReadOnlySpan<T> scores, int items, double temperature, KernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        options ??= new KernelOptions();
        return new(scores, items, temperature, options, (sorted, _) => new LapSumOperators<T>(sorted, options.Threads));
    }

    /// <summary>A differentiable odd-even network: n layers, in which neighbours meet.</summary>
    /// <remarks>
    /// <para><b>Definition.</b> Where scores a, b meet, they become <c>α a + (1-α) b</c> and <c>(1-α) a + α b</c> with <c>α = f((a-b) / τ)</c>.</para>
    /// <para><b>Properties.</b> Rows and columns sum to 1. Entries may be 0, which <see cref="SortKernel{T}.CrossEntropy"/> and <see cref="SortKernel{T}.LogMatrix"/> count as the
    /// smallest normal number of the type.</para>
    /// <para><b>Cost.</b> n²/2 comparators: O(n²) time a column and 24 bytes each; at most 2^27 of them.</para>
    /// <para><b>Source.</b> Petersen et al. 2021 and 2022; docs/math/sorting-networks.md.</para>
    /// </remarks>
    /// <inheritdoc cref="NeuralSort{T}" path="/typeparam|/exception"/>
    /// <param name="scores">s, [sequences, n].</param>
    /// <param name="items">n, at least 1; it divides the number of scores.</param>
    /// <param name="temperature">τ, positive and finite, in units of the scores.</param>
    /// <param name="swap">f.</param>
    /// <param name="options">How to compute; null for the defaults.</param>
    public static SortKernel<T> OddEven<T>(ReadOnlySpan<T> scores, int items, double temperature, NetworkSwap swap = NetworkSwap.Cauchy, KernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Network(scores, items, temperature, swap, options, NetworkLayer.OddEven);

    /// <summary>A differentiable bitonic network: k(k+1)/2 layers for up to 2^k scores.</summary>
    /// <remarks>
    /// <para><b>Definition, properties, source.</b> As of <see cref="OddEven{T}"/>.</para>
    /// <para><b>Cost.</b> Some n log²n / 4 comparators: O(n log²n) time a column and 24 bytes each; at most 2^27 of them.</para>
    /// </remarks>
    /// <inheritdoc cref="OddEven{T}" path="/param|/typeparam"/>
    /// <inheritdoc cref="OddEven{T}" path="/exception"/>
    public static SortKernel<T> Bitonic<T>(ReadOnlySpan<T> scores, int items, double temperature, NetworkSwap swap = NetworkSwap.Cauchy, KernelOptions? options = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        Network(scores, items, temperature, swap, options, NetworkLayer.Bitonic);

    private static SortKernel<T> Network<T>(
        ReadOnlySpan<T> scores, int items, double temperature, NetworkSwap swap, KernelOptions? options, Func<int, IEnumerable<NetworkLayer>> layers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        options ??= new KernelOptions();
        var pass = ScorePass.Of(swap);
        return new(scores, items, temperature, options, (sorted, given) => new NetworkOperators<T>(sorted, given, layers, pass, options.Threads));
    }
}
