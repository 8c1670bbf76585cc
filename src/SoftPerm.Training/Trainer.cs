using System.Diagnostics;
using System.Globalization;
using SoftPerm.Training.Runs;
using static TorchSharp.torch;

namespace SoftPerm.Training;

/// <summary>Trains a task's network, step by step, with validations, checkpoints and metrics.</summary>
/// <remarks>
/// Batches are a pure function of the seed and their step, schedules of the step; weights, the optimizer's state and the noise
/// generator are in the checkpoint. A resumed run therefore repeats an uninterrupted one bit for bit on the same machine with
/// the same number of threads.
/// </remarks>
internal sealed class Trainer : IDisposable
{
    private readonly TrainingConfig config;
    private readonly ITrainingTask task;
    private readonly RunFolder folder;
    private readonly Optimizer optimizer;
    private readonly Generator noise;
    private TrainingState state = TrainingState.Start;
    private long savedStep;

    /// <summary>Prepares a run, from its latest checkpoint if it has one.</summary>
    /// <param name="config">The settings, validated.</param>
    /// <param name="task">What to train; stays the caller's.</param>
    /// <param name="folder">Where the run is recorded.</param>
    public Trainer(TrainingConfig config, ITrainingTask task, RunFolder folder)
    {
        this.config = config;
        this.task = task;
        this.folder = folder;
        optimizer = task.CreateOptimizer();
        noise = new Generator(config.Seed + 1);
        Restore();
    }

    /// <summary>Where the run stands.</summary>
    public TrainingState State => state;

    /// <summary>Whether every step is done, or the run stopped early.</summary>
    public bool Finished => state.Step >= config.Steps || (config.Patience > 0 && state.ValidationsSinceBest >= config.Patience);

    /// <summary>Trains until the last step, an early stop, or cancellationToken; in every case a checkpoint holds the outcome.</summary>
    public void Run(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        var clock = new TrainingClock(state);
        var performance = new PerformanceLog(folder.Path);
        using var board = new TensorBoardLog(folder.TensorBoardDirectory);
        double Speed() => clock.Steps(state) * task.ItemsPerStep / clock.Elapsed.TotalSeconds;

        if (!Finished) task.Begin(state.Step);
        while (!cancellationToken.IsCancellationRequested)
        {
            if (RowIsDue)
            {
                bool? better = ValidationIsDue ? Validate(progress, cancellationToken) : false;
                if (better is null) break; // cancelled within the validation, which is due again after resuming
                performance.Write(state.Step, clock.Elapsed, Speed());
                board.Write(WriteRow(), Speed());
                state = clock.Read(state);
                if (ValidationIsDue) Save(better.Value);
            }

            if (Finished) break;
            state = clock.Read(state.After(Step()));
            progress?.Report(new StepProgress(
                state.Step, config.Steps, state.LastStep!, Speed(), clock.Elapsed, clock.Remaining(state, config.Steps), state.Best, config.Lengths));
        }

        if (state.Step != savedStep) Save(better: false);
    }

    /// <summary>Loads the best weights of the run.</summary>
    public void LoadBest()
    {
        if (folder.Checkpoints.Best is { } best) Checkpoint.ReadWeights(best, task.Network);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        noise.Dispose();
        optimizer.Dispose();
    }

    private LearningRateSchedule LearningRates => new(config.Schedule, config.LearningRate, config.WarmUp, config.Steps);

    private TemperatureSchedule Temperatures => new(config.Temperature, config.FinalTemperature, config.Steps);

    // A row that was due when the run was interrupted is due still after resuming: its means are in the checkpoint.
    private bool RowIsDue => state.Means.Count > 0 && (state.Step % config.LogEvery == 0 || state.Step == config.Steps);

    private bool ValidationIsDue => state.Step % config.ValidateEvery == 0 || state.Step == config.Steps;

    private Metrics Step()
    {
        using var scope = NewDisposeScope();
        try
        {
            var (loss, measures) = task.Forward(Temperatures.At(state.Step), noise);
            DivergedException.ThrowUnlessFinite(loss, "loss");
            optimizer.Descend(loss, LearningRates.At(state.Step));
            return new Metrics(loss.item<float>(), measures);
        }
        catch (DivergedException e)
        {
            var kept = folder.Checkpoints.Latest is { } latest ? $"The checkpoint {latest} is kept." : "There is no checkpoint yet.";
            throw new UserErrorException(
                $"Training diverged: the {e.What} had NaN or infinite values at step {state.Step + 1}; lower 'LearningRate' or raise 'Temperature'. {kept}", e);
        }
    }

    /// <returns>Whether it is the best so far; null when it was cancelled.</returns>
    private bool? Validate(IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        Metrics outcome;
        try
        {
            outcome = task.Validate(Temperatures.At(state.Step - 1), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        state = state.Validated(outcome, better: state.Best is not { } best || task.IsBetter(outcome, best));
        var measures = string.Join(", ", outcome.Measures.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Title} {m.Value:f4}")));
        var lists = config.Lengths is { } lengths ? $" on lists of {lengths.Validation}" : "";
        progress?.Report(new NoteProgress(string.Create(CultureInfo.InvariantCulture, $"step {state.Step}: validation{lists}: loss {outcome.Loss:f4}, {measures}")));
        return state.ValidationsSinceBest == 0;
    }

    private MetricRow WriteRow()
    {
        var last = state.Step - 1;
        var row = new MetricRow(
            state.Step, LearningRates.At(last), Temperatures.At(last), state.Means.Mean(),
            state.LastValidated == state.Step ? state.Last : null);
        folder.AppendMetrics(row);
        state = state with { Means = RunningMeans.None };
        return row;
    }

    private void Save(bool better)
    {
        folder.Checkpoints.Save(state.Step, better, into =>
        {
            Checkpoint.Write(into, task.Network, optimizer, noise);
            state.Write(into);
        });
        savedStep = state.Step;
    }

    private void Restore()
    {
        if (folder.Checkpoints.Latest is not { } latest)
        {
            folder.KeepMetricsUpTo(0); // killed before its first checkpoint: begin again
            return;
        }

        Checkpoint.ReadWeights(latest, task.Network);
        Checkpoint.ReadState(latest, optimizer, noise);
        state = TrainingState.Read(latest);
        savedStep = state.Step;
        folder.KeepMetricsUpTo(state.Step);
    }
}

/// <summary>The learning rate as a function of the step alone, so that a resumed run needs no state for it.</summary>
/// <param name="Shape"><c>constant</c>, or <c>cosine</c>: down to a hundredth over the run.</param>
/// <param name="Peak">The highest rate.</param>
/// <param name="WarmUp">Steps over which the rate first rises linearly.</param>
/// <param name="Steps">The length of the run.</param>
public readonly record struct LearningRateSchedule(string Shape, double Peak, long WarmUp, long Steps)
{
    /// <summary>The shapes known.</summary>
    public static IReadOnlyList<string> Shapes { get; } = ["constant", "cosine"];

    /// <summary>The rate of a step, counted from 0.</summary>
    public double At(long step)
    {
        var rise = Math.Min(1, (step + 1.0) / Math.Max(1, WarmUp));
        var progress = Math.Clamp((step - WarmUp) / Math.Max(1.0, Steps - WarmUp), 0, 1);
        var fall = Shape == "cosine" ? 0.01 + 0.99 * (1 + Math.Cos(Math.PI * progress)) / 2 : 1;
        return Peak * rise * fall;
    }
}

/// <summary>The temperature as a function of the step: fixed, or annealed geometrically to a final one.</summary>
/// <param name="Start">The temperature of the first step.</param>
/// <param name="End">The temperature of the last step.</param>
/// <param name="Steps">The length of the run.</param>
public readonly record struct TemperatureSchedule(double Start, double End, long Steps)
{
    /// <summary>The temperature of a step, counted from 0.</summary>
    public double At(long step) =>
        Start == End ? Start : Start * Math.Pow(End / Start, Math.Clamp(step / Math.Max(1.0, Steps - 1), 0, 1));
}

/// <summary>The wall time and processor time of a run: of this session, on top of what earlier ones took.</summary>
internal sealed class TrainingClock(TrainingState start)
{
    private readonly Stopwatch wall = Stopwatch.StartNew();
    private readonly TimeSpan processor = Environment.CpuUsage.TotalTime;

    /// <summary>Wall time of this session.</summary>
    public TimeSpan Elapsed => wall.Elapsed;

    /// <summary>Steps of this session.</summary>
    public long Steps(TrainingState now) => now.Step - start.Step;

    /// <summary>Wall time left at the speed so far.</summary>
    public TimeSpan Remaining(TrainingState now, long total) => wall.Elapsed / Steps(now) * (total - now.Step);

    /// <summary>The state with the times read now.</summary>
    public TrainingState Read(TrainingState state) => state with
    {
        Seconds = start.Seconds + wall.Elapsed.TotalSeconds,
        ProcessorSeconds = start.ProcessorSeconds + (Environment.CpuUsage.TotalTime - processor).TotalSeconds,
    };
}
