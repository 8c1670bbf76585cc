using System.Numerics;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Sorting;

/// <summary>A relaxed permutation P of each sequence of a batch, as what it does to values, with gradients.</summary>
/// <remarks>Values belong to items or to places, as the members say. Gradients of scores and temperatures are
/// added, those of values set; those that are not wanted are empty. Instances may be used from several threads at once.</remarks>
/// <typeparam name="T">float or double.</typeparam>
internal abstract class SortOperators<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>P X: values by item to mixtures by place.</summary>
    public abstract void Apply(ItemMatrix<T> values, ItemMatrix<T> result);

    /// <summary>The gradients of a loss in P X, given that in its entries.</summary>
    public abstract void ApplyGradient(
        ItemMatrix<T> values, ItemMatrix<T> upstream, ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient);

    /// <summary>Pᵀ X: values by place to sums by item.</summary>
    public abstract void ApplyTranspose(ItemMatrix<T> values, ItemMatrix<T> result);

    /// <summary>The gradients of a loss in Pᵀ X, given that in its entries.</summary>
    public abstract void ApplyTransposeGradient(
        ItemMatrix<T> values, ItemMatrix<T> upstream, ItemMatrix<T> valueGradient, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient);

    /// <summary>-mean_i log P[i, z_i] of each sequence, over the places of items that are there.</summary>
    /// <param name="order">z: the item wanted at each place, sequence after sequence.</param>
    /// <param name="result">Receives it, by sequence.</param>
    public abstract void CrossEntropy(Buffer<long> order, Buffer<T> result);

    /// <summary>The gradients of a loss in the cross-entropies.</summary>
    public abstract void CrossEntropyGradient(
        Buffer<long> order, Buffer<T> upstream, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient);

    public abstract void Dispose();
}
