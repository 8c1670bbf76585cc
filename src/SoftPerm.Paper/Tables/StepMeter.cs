using SoftPerm.Training;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tables;

/// <summary>Says how many steps of a task fit into a time, from the time of the first ones: what a run does then depends on no clock.</summary>
/// <remarks>Tasks that are to be compared are measured in turn, a step of each, so that whatever else the machine does meets all of them alike.</remarks>
internal sealed class StepMeter : IDisposable
{
    private const int WarmUp = 5;
    private const double MeasuredShare = 0.02; // of the time, on top of it

    private readonly TrainingConfig config;
    private readonly ITrainingTask task;
    private readonly Func<TimeSpan> clock;
    private readonly Optimizer optimizer;
    private readonly Generator noise;
    private TimeSpan stepping, validating;
    private int steps;

    /// <param name="config">The settings.</param>
    /// <param name="task">The task, untrained; this object disposes it.</param>
    /// <param name="clock">The time used so far; null for that of the processor.</param>
    public StepMeter(TrainingConfig config, ITrainingTask task, Func<TimeSpan>? clock = null)
    {
        (this.config, this.task, this.clock) = (config, task, clock ?? (() => Environment.CpuUsage.TotalTime));
        if (config.Threads > 0) set_num_threads(config.Threads);
        optimizer = task.CreateOptimizer();
        noise = new Generator(config.Seed);
        task.Begin(0);
    }

    /// <summary>Measures some tasks.</summary>
    /// <param name="meters">The tasks.</param>
    /// <param name="time">The time of each for training with its validations.</param>
    /// <param name="cancellationToken">Stops measuring.</param>
    /// <returns>The steps of each; null when stopped.</returns>
    public static IReadOnlyList<StepBudget>? Measure(IReadOnlyList<StepMeter> meters, TimeSpan time, CancellationToken cancellationToken)
    {
        NativeHeap.KeepFreedMemory(); // as training does
        for (var step = 0; step < WarmUp; step++)
        {
            foreach (var meter in meters)
            {
                if (cancellationToken.IsCancellationRequested) return null;
                meter.Step();
            }
        }

        while (meters.Any(m => m.steps < WarmUp || m.stepping < MeasuredShare * time))
        {
            foreach (var meter in meters)
            {
                if (cancellationToken.IsCancellationRequested) return null;
                meter.stepping += meter.TimeOf(meter.Step);
                meter.steps++;
            }
        }

        foreach (var meter in meters)
        {
            if (cancellationToken.IsCancellationRequested) return null;
            meter.validating = meter.TimeOf(() => meter.task.Validate(meter.config.Temperature, CancellationToken.None));
        }

        return [.. meters.Select(m => m.BudgetFor(time))];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        noise.Dispose();
        optimizer.Dispose();
        task.Dispose();
    }

    private StepBudget BudgetFor(TimeSpan time) => StepBudget.Of((long)((time - (StepBudget.Validations * validating)) / (stepping / steps)));

    private TimeSpan TimeOf(Action action)
    {
        var begin = clock();
        action();
        return clock() - begin;
    }

    private void Step()
    {
        using var scope = NewDisposeScope();
        optimizer.Descend(task.Forward(config.Temperature, noise).Loss, learningRate: 0); // all of a step's work, and weights that stay finite
    }
}

/// <summary>How many steps a run has, and when it validates.</summary>
/// <param name="Steps">Training steps.</param>
/// <param name="ValidateEvery">Steps between validations.</param>
internal readonly record struct StepBudget(long Steps, long ValidateEvery)
{
    /// <summary>The validations of a run.</summary>
    public const int Validations = 8;

    private const int LogsBetweenValidations = 10;

    /// <summary>The steps, at least one a validation, rounded so that rows of metrics meet validations.</summary>
    public static StepBudget Of(long steps)
    {
        var every = Math.Max(1, steps / Validations);
        if (every > LogsBetweenValidations) every -= every % LogsBetweenValidations;
        return new StepBudget(every * Validations, every);
    }

    /// <summary>The same settings with these steps.</summary>
    public TConfig ApplyTo<TConfig>(TConfig config) where TConfig : TrainingConfig =>
        config with { Steps = Steps, ValidateEvery = ValidateEvery, LogEvery = Math.Max(1, ValidateEvery / LogsBetweenValidations) };
}
