namespace SoftPerm.Experiments.Runs;

/// <summary>How far training is.</summary>
/// <param name="Step">Optimiser steps done so far.</param>
/// <param name="TotalSteps">Steps there will be.</param>
/// <param name="Loss">Training loss of late.</param>
/// <param name="RankAccuracy">Proportion of single ranks right of late, 0 to 1.</param>
/// <param name="PermutationAccuracy">Proportion of whole permutations right of late, 0 to 1.</param>
/// <param name="ImagesPerSecond">Training speed.</param>
/// <param name="Elapsed">Time spent.</param>
/// <param name="Remaining">Time left, as far as one can tell.</param>
/// <param name="BestValidation">The best validation accuracy so far, 0 to 1; null before the first validation.</param>
public sealed record ProgressSnapshot(
    long Step,
    long TotalSteps,
    double Loss,
    double RankAccuracy,
    double PermutationAccuracy,
    double ImagesPerSecond,
    TimeSpan Elapsed,
    TimeSpan Remaining,
    double? BestValidation)
{
    /// <summary>The part that is done, 0 to 1.</summary>
    internal double Done => TotalSteps > 0 ? Math.Clamp((double)Step / TotalSteps, 0, 1) : 0;
}
