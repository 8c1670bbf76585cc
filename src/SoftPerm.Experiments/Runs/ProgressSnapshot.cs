using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Runs;

/// <summary>How far training is.</summary>
/// <param name="Step">Optimiser steps done so far.</param>
/// <param name="TotalSteps">Steps there will be.</param>
/// <param name="Training">What the latest step came to.</param>
/// <param name="ImagesPerSecond">Training speed.</param>
/// <param name="Elapsed">Time spent.</param>
/// <param name="Remaining">Time left, as far as one can tell.</param>
/// <param name="Best">The best validation so far; null before the first.</param>
/// <param name="Lengths">The lengths of lists, where training and validation have different ones.</param>
public sealed record ProgressSnapshot(
    long Step,
    long TotalSteps,
    Outcome Training,
    double ImagesPerSecond,
    TimeSpan Elapsed,
    TimeSpan Remaining,
    Outcome? Best,
    ListLengths? Lengths = null)
{
    /// <summary>The part that is done, 0 to 1.</summary>
    internal double Done => TotalSteps > 0 ? Math.Clamp((double)Step / TotalSteps, 0, 1) : 0;
}
