using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks;

/// <summary>Trains a network to score images so that sorting by score sorts the numbers it never sees.</summary>
/// <remarks>
/// Sequences are a pure function of the seed and their number, schedules of the step; weights, Adam's moments and the noise
/// generator are in the checkpoint. A resumed run therefore repeats an uninterrupted one bit for bit on the same machine with
/// the same number of threads.
/// </remarks>
public sealed class SortTrainer : IDisposable
{
    private readonly SortConfig config;
    private readonly DigitSplits splits;
    private readonly RunFolder folder;
    private readonly MultiDigitSequences training;
    private readonly Sequential network;
    private readonly Adam optimizer;
    private readonly Generator noise;
    private readonly Tensor images;
    private TrainingState state = TrainingState.Start;
    private long savedStep;

    /// <summary>Prepares a run, from its latest checkpoint if it has one.</summary>
    /// <param name="config">The settings, validated.</param>
    /// <param name="splits">The digits.</param>
    /// <param name="folder">Where the run is recorded.</param>
    public SortTrainer(SortConfig config, DigitSplits splits, RunFolder folder)
    {
        this.config = config;
        this.splits = splits;
        this.folder = folder;
        if (config.Threads > 0) set_num_threads(config.Threads);
        training = new MultiDigitSequences(splits.Train, config.Digits, config.TrainItems, config.Seed);
        using (var weights = new Generator(config.Seed)) network = CreateNetwork(weights);
        optimizer = optim.Adam(network.parameters(), config.LearningRate);
        noise = new Generator(config.Seed + 1);
        images = empty(config.ImagesPerStep, 1, training.Height, training.Width);
        Restore();
    }

    /// <summary>Where the run stands.</summary>
    internal TrainingState State => state;

    /// <summary>Whether every step is done, or the run stopped early.</summary>
    public bool Finished => state.Step >= config.Steps || (config.Patience > 0 && state.ValidationsSinceBest >= config.Patience);

    /// <summary>Trains until the last step, an early stop, or cancellation; in every case a checkpoint holds the outcome.</summary>
    public void Run(ITrainingProgress progress, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        var (first, earlier) = (state.Step, state.Seconds);
        var performance = new PerformanceLog(folder.Path);
        using var board = new TensorBoardLog(folder.TensorBoardDirectory);
        using var batches = new SequencePrefetcher(training, config.Sequences, first);
        double Speed() => (state.Step - first) * config.ImagesPerStep / clock.Elapsed.TotalSeconds;

        while (!stop.IsCancellationRequested)
        {
            if (RowIsDue)
            {
                bool? better = ValidationIsDue ? Validate(progress, stop) : false;
                if (better is null) break; // cancelled within the validation, which is due again after resuming
                performance.Write(state.Step, clock.Elapsed, Speed());
                board.Write(WriteRow(), Speed());
                if (ValidationIsDue) Save(better.Value);
            }

            if (Finished) break;
            state = state.After(TrainOn(batches)) with { Seconds = earlier + clock.Elapsed.TotalSeconds };
            progress.Report(Snapshot(clock.Elapsed, first, Speed()));
        }

        if (state.Step != savedStep) Save(better: false);
    }

    /// <summary>Tests the best weights of the run on sequences of test digits.</summary>
    public StepOutcome Test(CancellationToken stop = default)
    {
        if (folder.Checkpoints.Best is { } best) Checkpoint.ReadWeights(best, network);
        var test = new MultiDigitSequences(splits.Test, config.Digits, config.Items, SortEvaluation.TestSeed);
        return SortEvaluation.Evaluate(network, test, config.TestSequences, config.FinalTemperature, stop);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        images.Dispose();
        noise.Dispose();
        optimizer.Dispose();
        network.Dispose();
    }

    // A row that was due when the run was interrupted is due still after resuming: its means are in the checkpoint.
    private bool RowIsDue => state.Means.Count > 0 && (state.Step % config.LogEvery == 0 || state.Step == config.Steps);

    private bool ValidationIsDue => state.Step % config.ValidateEvery == 0 || state.Step == config.Steps;

    private Sequential CreateNetwork(Generator weights) =>
        NumberNetworks.Create(config.Network, training.Height, training.Width, 1, weights);

    private StepOutcome TrainOn(SequencePrefetcher batches)
    {
        using var scope = NewDisposeScope();
        var batch = batches.Next();
        batch.Pixels.AsSpan().CopyTo(MemoryMarshal.Cast<byte, float>(images.bytes));
        var numbers = tensor(batch.Numbers, [config.Sequences, config.TrainItems], int64);
        batches.Return(batch);

        foreach (var group in optimizer.ParamGroups) group.LearningRate = config.LearningRates.At(state.Step);
        var (sorted, order) = SortAccuracy.True(numbers);
        var scores = network.forward(images).reshape(config.Sequences, config.TrainItems);
        RequireFinite(scores, "scores");
        var loss = SortMethods.Loss(config, config.Temperatures.At(state.Step), scores, order, noise);
        RequireFinite(loss, "loss");
        optimizer.zero_grad();
        loss.backward();
        optimizer.step();
        return SortAccuracy.Measure(loss.item<float>(), scores, numbers, sorted);
    }

    private void RequireFinite(Tensor tensor, string what)
    {
        if (!tensor.isfinite().all().item<bool>())
            throw new UserErrorException($"Training diverged: not all of the {what} are finite at step {state.Step + 1}; lower --learning-rate or raise --temperature. {Kept}");
    }

    private string Kept => folder.Checkpoints.Latest is { } latest ? $"The checkpoint {latest} is kept." : "There is no checkpoint yet.";

    /// <returns>Whether it is the best so far; null when it was cancelled.</returns>
    private bool? Validate(ITrainingProgress progress, CancellationToken stop)
    {
        var source = new MultiDigitSequences(splits.Validation, config.Digits, config.Items, SortEvaluation.ValidationSeed);
        StepOutcome outcome;
        try
        {
            outcome = SortEvaluation.Evaluate(network, source, config.ValidationSequences, config.Temperatures.At(state.Step - 1), stop);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        state = state.Validated(outcome);
        progress.Message(string.Create(CultureInfo.InvariantCulture,
            $"step {state.Step}: validation loss {outcome.Loss:f4}, ranks {outcome.RankAccuracy:f4}, whole permutations {outcome.PermutationAccuracy:f4}"));
        return state.ValidationsSinceBest == 0;
    }

    private MetricRow WriteRow()
    {
        var train = state.Means.Mean;
        var last = state.Step - 1;
        var validation = state.LastValidated == state.Step ? state.Last : null;
        var row = new MetricRow(
            state.Step, config.LearningRates.At(last), config.Temperatures.At(last), train.Loss, train.RankAccuracy, train.PermutationAccuracy,
            validation?.Loss, validation?.RankAccuracy, validation?.PermutationAccuracy);
        folder.AppendMetrics(row);
        state = state with { Means = RunningMeans.None };
        return row;
    }

    private void Save(bool better)
    {
        folder.Checkpoints.Save(state.Step, better, into =>
        {
            Checkpoint.Write(into, network, optimizer, noise);
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

        Checkpoint.ReadWeights(latest, network);
        Checkpoint.ReadState(latest, network, optimizer, noise);
        state = TrainingState.Read(latest);
        savedStep = state.Step;
        folder.KeepMetricsUpTo(state.Step);
    }

    private ProgressSnapshot Snapshot(TimeSpan elapsed, long first, double speed)
    {
        var last = state.LastStep;
        var remaining = elapsed / (state.Step - first) * (config.Steps - state.Step);
        return new ProgressSnapshot(
            state.Step, config.Steps, last.Loss, last.RankAccuracy, last.PermutationAccuracy, speed, elapsed, remaining, state.Best?.PermutationAccuracy);
    }
}
