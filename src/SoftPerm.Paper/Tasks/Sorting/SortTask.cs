using SoftPerm.Paper.Datasets;
using SoftPerm.Training;
using SoftPerm.Training.Runs;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tasks.Sorting;

/// <summary>Trains a network to sort images by the number they show, which it never sees.</summary>
internal sealed class SortTask : ITrainingTask<SortFigures>
{
    private readonly SortConfig config;
    private readonly DigitSplits splits;
    private readonly OrderObjective objective;
    private readonly SequenceFeed feed;
    private readonly nn.Module<Tensor, Tensor> network;

    public SortTask(SortConfig config, DigitSplits splits)
    {
        this.config = config;
        this.splits = splits;
        objective = OrderObjectives.Of(config.Method, config.Relaxation);
        feed = new SequenceFeed(new MultiDigitSequences(splits.Train, config.Digits, config.TrainItems, config.Seed), config.Sequences);
        using var weights = new Generator(config.Seed);
        network = objective.CreateNetwork(config.Network, feed.Height, feed.Width, config.TrainItems, weights).On(config.Device);
    }

    public nn.Module Network => network;

    public int ItemsPerStep => config.Sequences * config.TrainItems;

    public Optimizer CreateOptimizer() => Optimizer.Adam(network.named_parameters());

    public void Begin(long firstStep) => feed.Begin(firstStep);

    public StepLoss Forward(double temperature, Generator noise)
    {
        var (images, numbers) = feed.Next();
        var (sorted, order) = SortAccuracy.True(numbers);
        var outputs = network.Compute(images);
        DivergedException.ThrowUnlessFinite(outputs, "scores");
        var loss = objective.Loss(outputs, order, temperature, new Draws(config.Samples, noise));
        return new StepLoss(loss, Measures(outputs.detach(), numbers, sorted));
    }

    public Metrics Validate(double temperature, CancellationToken cancellationToken) =>
        Evaluate(splits.Validation, TestSequences.ValidationSeed, config.ValidationSequences, temperature, cancellationToken).Metrics;

    public bool IsBetter(Metrics one, Metrics other) => SortFigures.IsBetter(one, other);

    public SortFigures Test(RunFolder run, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        Evaluate(splits.Test, TestSequences.TestSeed, config.TestSequences, config.FinalTemperature, cancellationToken);

    public void Dispose()
    {
        feed.Dispose();
        network.Dispose();
    }

    /// <summary>The accuracies on lists as long as those of validation, cut from longer ones of training: that few lists of 50 are right as a whole says nothing of lists of 5.</summary>
    private IReadOnlyList<Measure> Measures(Tensor outputs, Tensor numbers, Tensor sorted)
    {
        var items = config.TrainItems;
        if (config.Lengths is { } lengths && lengths.Measured < items)
        {
            var kept = items - (items % lengths.Measured);
            outputs = outputs.reshape(config.Sequences, items, -1).narrow(1, 0, kept).flatten(0, 1);
            numbers = numbers.narrow(1, 0, kept).reshape(-1, lengths.Measured);
            (items, sorted) = (lengths.Measured, SortAccuracy.True(numbers).Numbers);
        }

        var (ranks, permutations) = SortAccuracy.Measure(objective.Order(outputs, items), numbers, sorted);
        return SortFigures.Measures(ranks, permutations);
    }

    private SortFigures Evaluate(ImageSet digits, ulong seed, int sequences, double temperature, CancellationToken cancellationToken) =>
        SortEvaluation.Evaluate(network, objective, new MultiDigitSequences(digits, config.Digits, config.Items, seed), sequences, temperature, cancellationToken);
}
