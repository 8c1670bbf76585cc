

namespace SoftPerm.Training.Tests.Common;

/// <summary>Metrics with two measures, as the sorting task has them.</summary>
internal static class SortMetrics
{
    public static Metrics Of(double loss, double ranks, double permutations) =>
        new(loss, [new Measure("rank_accuracy", ranks), new Measure("permutation_accuracy", permutations)]);
}
