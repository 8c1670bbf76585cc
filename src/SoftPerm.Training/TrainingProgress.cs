namespace SoftPerm.Training;

/// <summary>What a run tells of itself while it trains: <see cref="StepProgress"/> after every step, <see cref="NoteProgress"/> now and then.</summary>
/// <remarks>A run reports from the thread that trains and waits for the report: show it, or keep it and return.</remarks>
public abstract record TrainingProgress;

/// <summary>How far training is.</summary>
/// <param name="Step">Optimiser steps done so far.</param>
/// <param name="TotalSteps">Steps there will be.</param>
/// <param name="Training">What the latest step came to.</param>
/// <param name="ItemsPerSecond">Training speed.</param>
/// <param name="Elapsed">Time spent.</param>
/// <param name="Remaining">Time left, as far as one can tell.</param>
/// <param name="Best">The best validation so far; null before the first.</param>
/// <param name="Lengths">The lengths of lists, where training and validation have different ones.</param>
public sealed record StepProgress(
    long Step,
    long TotalSteps,
    Metrics Training,
    double ItemsPerSecond,
    TimeSpan Elapsed,
    TimeSpan Remaining,
    Metrics? Best,
    ListLengths? Lengths = null) : TrainingProgress
{
    /// <summary>The part that is done, 0 to 1.</summary>
    public double Done => TotalSteps > 0 ? Math.Clamp((double)Step / TotalSteps, 0, 1) : 0;
}

/// <summary>A line worth keeping: what is trained, a validation, what comes after training.</summary>
/// <param name="Text">The line.</param>
public sealed record NoteProgress(string Text) : TrainingProgress;

/// <summary>Progress that is handled at once, on the thread that reports: in order, unlike with <see cref="Progress{T}"/>, which hands it to other threads.</summary>
/// <param name="handle">Takes what is reported.</param>
/// <typeparam name="T">What is reported.</typeparam>
public sealed class ImmediateProgress<T>(Action<T> handle) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => handle(value);
}
