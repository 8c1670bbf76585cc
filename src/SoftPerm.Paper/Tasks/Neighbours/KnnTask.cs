using SoftPerm.Paper.Datasets;
using SoftPerm.Training;
using SoftPerm.Training.Runs;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tasks.Neighbours;

/// <summary>Trains a network whose features bring images next to those of their class: nearest neighbours, end to end.</summary>
internal sealed class KnnTask : ITrainingTask<KnnFigures>
{
    private const string Accuracy = "accuracy";
    private readonly KnnConfig config;
    private readonly ImageDataset data;
    private readonly ImageSet validation, train;
    private readonly KnnBatches batches;
    private readonly KnnNetwork network;
    private long step;

    public KnnTask(KnnConfig config, ImageDataset data)
    {
        this.config = config;
        this.data = data;
        var splits = DigitSplits.Of(data);
        train = splits.Train;
        validation = splits.Validation.Slice(0, Math.Min(config.ValidationImages, splits.Validation.Count));
        if (train.Count < ItemsPerStep)
            throw new UserErrorException($"'Queries' and 'Candidates' are {ItemsPerStep} together; {config.Dataset} has {train.Count} training images.");
        batches = new KnnBatches(train, ItemsPerStep, config);
        using var weights = new Generator(config.Seed);
        network = new KnnNetwork(config, weights).On(config.Device);
    }

    public nn.Module Network => network;

    public int ItemsPerStep => config.Queries + config.Candidates;

    public Optimizer CreateOptimizer() => Optimizer.Momentum(network.named_parameters(), config.Momentum, config.WeightDecay);

    public void Begin(long firstStep)
    {
        step = firstStep;
        network.train();
    }

    public StepLoss Forward(double temperature, Generator noise)
    {
        var (images, labels) = batches.Draw(step++);
        var features = network.Embedding.Compute(images);
        DivergedException.ThrowUnlessFinite(features, "features");
        var (loss, predicted, truth) = network.Classify(features, labels, temperature, noise);
        var right = predicted.argmax(-1).eq(truth).to(float64).mean().item<double>();
        return new StepLoss(loss, [new Measure(Accuracy, right)]);
    }

    /// <summary>The loss is the hard limit of the training loss: minus the share of neighbours with the right label.</summary>
    public Metrics Validate(double temperature, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        if (network.Classifier is not null)
        {
            var right = network.ClassifierAccuracy(validation, cancellationToken);
            return new Metrics(-right, [new Measure(Accuracy, right)]);
        }

        var candidates = train.Slice(0, Math.Min(10 * config.ValidationImages, train.Count));
        var found = NearestNeighbours.Find(network.Embed(validation, cancellationToken: cancellationToken), network.Embed(candidates, cancellationToken: cancellationToken), Math.Min(config.K, candidates.Count), cancellationToken: cancellationToken);
        var agree = Enumerable.Range(0, found.Queries).Average(q => found.IndicesOf(q).ToArray().Average(i => candidates.Labels[i] == validation.Labels[q] ? 1.0 : 0));
        return new Metrics(-agree, [new Measure(Accuracy, KnnVotes.Accuracy(found, candidates, validation, config.K, config.Weighting))]);
    }

    public bool IsBetter(Metrics one, Metrics other) => (one[Accuracy], -one.Loss).CompareTo((other[Accuracy], -other.Loss)) > 0;

    public KnnFigures Test(RunFolder run, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        if (network.Classifier is not null) return new KnnFigures(network.ClassifierAccuracy(data.Test, cancellationToken), []);
        using var candidates = NeighbourCandidates.Embed(network, data.Train, progress, cancellationToken);
        candidates.Write(run);
        var found = candidates.Nearest(network, data.Test, Math.Min(KnnMethods.Neighbours.Append(config.K).Max(), data.Train.Count), progress, cancellationToken);
        return new KnnFigures(KnnVotes.Accuracy(found, data.Train, data.Test, config.K, config.Weighting), KnnVotes.All(found, data.Train, data.Test));
    }

    public void Dispose() => network.Dispose();
}

/// <summary>Draws the images of a step: a pure function of the seed and the step.</summary>
/// <param name="images">The training images.</param>
/// <param name="perStep">How many a step takes.</param>
/// <param name="config">The settings.</param>
internal sealed class KnnBatches(ImageSet images, int perStep, KnnConfig config)
{
    private readonly PixelScale scale = PixelScale.Of(config.Dataset);

    /// <summary>Different images, in random order: [perStep, channels, height, width], and their labels.</summary>
    public (Tensor Images, Tensor Labels) Draw(long step)
    {
        var random = new SplitMix64(config.Seed, (ulong)step);
        var drawn = new OrderedDictionary<int, bool>();
        while (drawn.Count < perStep) drawn.TryAdd(random.Below(images.Count), true);
        var picked = images.Pick([.. drawn.Keys]);
        if (config.Augment) picked = picked.CropAndFlip(config.Seed, (ulong)(step * perStep));
        return (picked.ToTensor(scale), picked.LabelTensor());
    }
}
