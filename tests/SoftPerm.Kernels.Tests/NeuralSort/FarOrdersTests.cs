using SoftPerm.Kernels.NeuralSort;
using SoftPerm.Kernels.Numerics;
using SoftPerm.Kernels.Sorting;
using SoftPerm.Kernels.Tests.Memory;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>A wanted order far from the sorted one: log P is finite where P is 0, and so are its gradients.</summary>
/// <remarks>They were cut off at gaps beyond the tail, which no mass of P crosses: from a distance of some 30 temperatures on.</remarks>
public sealed class FarOrdersTests
{
    /// <summary>n = 2, s = (0, d): both rows have -log P = d/τ + ln(1 + exp(-d/τ)) for the other item, so the mean has the slope 1/τ in d and -d/τ² in τ.</summary>
    [Theory, InlineData(20), InlineData(60), InlineData(1000)]
    public void Gradients_cross_any_gap(double distance)
    {
        using var memory = new PinnedMemory();
        using var sorted = SortedItems.Of(memory.Of<double>([0, distance]), default, [1.0], 2, descending: true, threads: 1);
        using var operators = new NeuralSortOperators<double>(sorted, new KernelSettings(Tolerances.NeuralSort<double>(), SimdWidth.Scalar, 1));
        Buffer<long> order = memory.Of<long>([0, 1]);
        Buffer<double> result = memory.Raw<double>(1), scores = memory.Filled(2, 0.0), temperature = memory.Filled(1, 0.0);
        operators.CrossEntropy(order, 1, result, leavesTape: false);
        operators.CrossEntropyGradient(null, order, 1, memory.Of<double>([1]), new ItemMatrix<double>(scores, 2, 1), temperature);
        Compare.Close(distance, result[0], Tolerances.FarOrder);
        Compare.Close([-1, 1], scores.Span(0, 2), Tolerances.FarOrder);
        Compare.Close(-distance, temperature[0], Tolerances.FarOrder);
    }

    /// <summary>n = 3, s = (2d, d, 0), wanted the other way round: rows 0 and 2 have -log P = 2d·2/τ - …, D_0(2) = g₀ + 3 g₁ and D_2(0) = 3 g₀ + g₁ with the gaps g.</summary>
    [Theory, InlineData(20), InlineData(60)]
    public void Gradients_of_scores_cross_several_gaps(double gap)
    {
        using var memory = new PinnedMemory();
        using var sorted = SortedItems.Of(memory.Of<double>([2 * gap, gap, 0]), default, [1.0], 3, descending: true, threads: 1);
        using var operators = new NeuralSortOperators<double>(sorted, new KernelSettings(Tolerances.NeuralSort<double>(), SimdWidth.Scalar, 1));
        Buffer<long> order = memory.Of<long>([2, 1, 0]);
        Buffer<double> scores = memory.Filled(3, 0.0), temperature = memory.Filled(1, 0.0);
        operators.CrossEntropyGradient(null, order, 1, memory.Of<double>([3]), new ItemMatrix<double>(scores, 3, 1), temperature);
        // 4 g₀ + 4 g₁ in all, g₀ = s₀ - s₁ and g₁ = s₁ - s₂.
        Compare.Close([4, 0, -4], scores.Span(0, 3), Tolerances.FarOrder, Tolerances.FarOrder);
        Compare.Close(-8 * gap, temperature[0], Tolerances.FarOrder);
    }
}
