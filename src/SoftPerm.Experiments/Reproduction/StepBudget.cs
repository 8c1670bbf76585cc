using SoftPerm.Experiments.Training;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Reproduction;

/// <summary>How many steps fit into a time, from the time of the first ones: what a run does then depends on no clock.</summary>
/// <param name="Steps">Training steps.</param>
/// <param name="ValidateEvery">Steps between validations.</param>
internal readonly record struct StepBudget(long Steps, long ValidateEvery)
{
    private const int Validations = 8, WarmUp = 3, LogsBetweenValidations = 10;
    private const double MeasuredShare = 0.02; // of the time, on top of it

    /// <summary>The same settings with these steps.</summary>
    public TConfig ApplyTo<TConfig>(TConfig config) where TConfig : TrainingConfig =>
        config with { Steps = Steps, ValidateEvery = ValidateEvery, LogEvery = Math.Max(1, ValidateEvery / LogsBetweenValidations) };

    /// <summary>Measures steps and a validation of a task, which it disposes; null when stopped.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="task">The task, untrained.</param>
    /// <param name="time">Processor time for training with its validations.</param>
    /// <param name="stop">Stops measuring.</param>
    public static StepBudget? Measure(TrainingConfig config, ITrainingTask task, TimeSpan time, CancellationToken stop)
    {
        using var owned = task;
        if (config.Threads > 0) set_num_threads(config.Threads);
        using var scope = NewDisposeScope();
        using var optimizer = task.CreateOptimizer();
        using var noise = new Generator(config.Seed);
        task.Begin(0);
        for (var step = 0; step < WarmUp; step++) Step(config, task, optimizer, noise);
        var (steps, begin) = (0, Processor);
        while (steps < WarmUp || Processor - begin < MeasuredShare * time)
        {
            if (stop.IsCancellationRequested) return null;
            Step(config, task, optimizer, noise);
            steps++;
        }

        var perStep = (Processor - begin) / steps;
        begin = Processor;
        task.Validate(config.Temperature, CancellationToken.None);
        var forSteps = time - (Validations * (Processor - begin));
        return Of((long)(forSteps / perStep));
    }

    /// <summary>The steps, at least one a validation, rounded so that rows of metrics meet validations.</summary>
    internal static StepBudget Of(long steps)
    {
        var every = Math.Max(1, steps / Validations);
        if (every > LogsBetweenValidations) every -= every % LogsBetweenValidations;
        return new StepBudget(every * Validations, every);
    }

    private static TimeSpan Processor => Environment.CpuUsage.TotalTime;

    private static void Step(TrainingConfig config, ITrainingTask task, TrainingOptimizer optimizer, Generator noise)
    {
        using var scope = NewDisposeScope();
        optimizer.Descend(task.Forward(config.Temperature, noise).Loss, config.LearningRate / 100);
    }
}
