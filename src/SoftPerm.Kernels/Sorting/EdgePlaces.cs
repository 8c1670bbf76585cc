using System.Numerics;
using SoftPerm.Kernels.Numerics;

namespace SoftPerm.Kernels.Sorting;

/// <summary>What places without a limit leave of gradients.</summary>
internal static class EdgePlaces
{
    /// <summary>Makes the gradients of a sequence NaN.</summary>
    public static void Spoil<T>(this SortedItems sorted, int sequence, ItemMatrix<T> scoreGradient, Buffer<double> temperatureGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!temperatureGradient.IsEmpty) temperatureGradient[sequence] = double.NaN;
        if (!scoreGradient.IsWanted) return;
        foreach (var item in sorted.Order(sequence)[..sorted.Shape(sequence).Present]) scoreGradient.At(sequence, item, 0) = T.NaN;
    }
}
