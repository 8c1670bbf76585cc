using System.Globalization;
using SoftPerm.Experiments.Runs;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Training;

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
    private readonly TrainingOptimizer optimizer;
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

    /// <summary>Trains until the last step, an early stop, or cancellation; in every case a checkpoint holds the outcome.</summary>
    public void Run(ITrainingProgress progress, CancellationToken stop)
    {
        var clock = new TrainingClock(state);
        var performance = new PerformanceLog(folder.Path);
        using var board = new TensorBoardLog(folder.TensorBoardDirectory);
        double Speed() => clock.Steps(state) * task.ImagesPerStep / clock.Elapsed.TotalSeconds;

        if (!Finished) task.Begin(state.Step);
        while (!stop.IsCancellationRequested)
        {
            if (RowIsDue)
            {
                bool? better = ValidationIsDue ? Validate(progress, stop) : false;
                if (better is null) break; // cancelled within the validation, which is due again after resuming
                performance.Write(state.Step, clock.Elapsed, Speed());
                board.Write(WriteRow(), Speed());
                state = clock.Read(state);
                if (ValidationIsDue) Save(better.Value);
            }

            if (Finished) break;
            state = clock.Read(state.After(Step()));
            progress.Report(new ProgressSnapshot(
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

    // A row that was due when the run was interrupted is due still after resuming: its means are in the checkpoint.
    private bool RowIsDue => state.Means.Count > 0 && (state.Step % config.LogEvery == 0 || state.Step == config.Steps);

    private bool ValidationIsDue => state.Step % config.ValidateEvery == 0 || state.Step == config.Steps;

    private Outcome Step()
    {
        using var scope = NewDisposeScope();
        try
        {
            var (loss, measures) = task.Forward(config.Temperatures.At(state.Step), noise);
            DivergedException.ThrowUnlessFinite(loss, "loss");
            optimizer.Descend(loss, config.LearningRates.At(state.Step));
            return new Outcome(loss.item<float>(), measures);
        }
        catch (DivergedException e)
        {
            var kept = folder.Checkpoints.Latest is { } latest ? $"The checkpoint {latest} is kept." : "There is no checkpoint yet.";
            throw new UserErrorException(
                $"Training diverged: the {e.What} had NaN or infinite values at step {state.Step + 1}; lower --learning-rate or raise --temperature. {kept}", e);
        }
    }

    /// <returns>Whether it is the best so far; null when it was cancelled.</returns>
    private bool? Validate(ITrainingProgress progress, CancellationToken stop)
    {
        Outcome outcome;
        try
        {
            outcome = task.Validate(config.Temperatures.At(state.Step - 1), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }

        state = state.Validated(outcome, better: state.Best is not { } best || task.IsBetter(outcome, best));
        var measures = string.Join(", ", outcome.Measures.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Title} {m.Value:f4}")));
        var lists = config.Lengths is { } lengths ? $" on lists of {lengths.Validation}" : "";
        progress.Message(string.Create(CultureInfo.InvariantCulture, $"step {state.Step}: validation{lists}: loss {outcome.Loss:f4}, {measures}"));
        return state.ValidationsSinceBest == 0;
    }

    private MetricRow WriteRow()
    {
        var last = state.Step - 1;
        var row = new MetricRow(
            state.Step, config.LearningRates.At(last), config.Temperatures.At(last), state.Means.Mean(),
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
