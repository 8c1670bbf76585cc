namespace SoftPerm.Experiments.Runs;

/// <summary>What training measured at one step; one line of metrics.csv.</summary>
/// <param name="Step">Optimiser steps done so far.</param>
/// <param name="LearningRate">The learning rate of that step.</param>
/// <param name="Temperature">The temperature of the relaxation at that step.</param>
/// <param name="Training">The mean over the steps since the row before.</param>
/// <param name="Validation">The validation at that step, if there was one.</param>
public sealed record MetricRow(long Step, double LearningRate, double Temperature, Outcome Training, Outcome? Validation);
