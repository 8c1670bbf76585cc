namespace SoftPerm.Experiments.Runs;

/// <summary>What training measured at one step; one line of metrics.csv.</summary>
/// <param name="Step">Optimiser steps done so far.</param>
/// <param name="LearningRate">The learning rate of that step.</param>
/// <param name="Temperature">The temperature of the relaxation at that step.</param>
/// <param name="Loss">Training loss.</param>
/// <param name="RankAccuracy">Proportion of single ranks right on training sequences, 0 to 1.</param>
/// <param name="PermutationAccuracy">Proportion of whole permutations right on training sequences, 0 to 1.</param>
/// <param name="ValidationLoss">The same on validation sequences, where that step was validated.</param>
/// <param name="ValidationRankAccuracy">The same on validation sequences, where that step was validated.</param>
/// <param name="ValidationPermutationAccuracy">The same on validation sequences, where that step was validated.</param>
public sealed record MetricRow(
    long Step,
    double LearningRate,
    double Temperature,
    double Loss,
    double RankAccuracy,
    double PermutationAccuracy,
    double? ValidationLoss,
    double? ValidationRankAccuracy,
    double? ValidationPermutationAccuracy);
