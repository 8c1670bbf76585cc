using SoftPerm.Kernels.Sorting;

namespace SoftPerm.Kernels.SoftSort;

/// <summary>Sums over the finite scores t of a sorted sequence, weighted by K(t[i] - t[m]) = exp(-d(t[i] - t[m])).</summary>
internal abstract class DistanceSums(SortedItems sorted) : IDisposable
{
    /// <summary>The sequences.</summary>
    public SortedItems Sorted { get; } = sorted;

    /// <summary>Doubles of scratch that <see cref="Sum"/> needs.</summary>
    public virtual long Scratch => 0;

    /// <summary>Sums values: <c>sums[i] = Σ_m K(t[i]-t[m]) x[m]</c> and <c>slopes[i] = -Σ_m K'(t[i]-t[m]) x[m]</c>, with K'(0) = 0.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="values">x, by finite place.</param>
    /// <param name="sums">Receives the sums.</param>
    /// <param name="slopes">Receives the slopes; empty if they are not wanted.</param>
    /// <param name="scratch">Scratch.</param>
    public abstract void Sum(int sequence, ReadOnlySpan<double> values, Span<double> sums, Span<double> slopes, Span<double> scratch);

    /// <summary>d of a difference of scores.</summary>
    public abstract double Distance(double difference);

    /// <summary>d' of a difference of scores, 0 at 0.</summary>
    public abstract double Slope(double difference);

    public abstract void Dispose();
}
