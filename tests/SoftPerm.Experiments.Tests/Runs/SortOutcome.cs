using SoftPerm.Experiments.Runs;

namespace SoftPerm.Experiments.Tests.Runs;

/// <summary>Outcomes with two measures, as the sorting task has them.</summary>
internal static class SortOutcome
{
    public static Outcome Of(double loss, double ranks, double permutations) =>
        new(loss, [new Measure("rank_accuracy", ranks), new Measure("permutation_accuracy", permutations)]);
}
