using SoftPerm.Experiments.Baselines;
using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Training;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Neighbours;

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
        if (train.Count < ImagesPerStep)
            throw new UserErrorException($"--queries and --candidates are {ImagesPerStep} together; {config.Dataset} has {train.Count} training images.");
        batches = new KnnBatches(train, ImagesPerStep, config);
        using var weights = new Generator(config.Seed);
        network = new KnnNetwork(config, data, weights).On(config.Device);
    }

    public nn.Module Network => network;

    public int ImagesPerStep => config.Queries + config.Candidates;

    public TrainingOptimizer CreateOptimizer() => TrainingOptimizer.Momentum(network.named_parameters(), config.Momentum, config.WeightDecay);

    public void Begin(long step)
    {
        this.step = step;
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
    public Outcome Validate(double temperature, CancellationToken stop)
    {
        using var scope = NewDisposeScope();
        if (network.Classifier is not null)
        {
            var right = network.ClassifierAccuracy(validation, stop);
            return new Outcome(-right, [new Measure(Accuracy, right)]);
        }

        var candidates = train.Slice(0, Math.Min(10 * config.ValidationImages, train.Count));
        var found = NearestNeighbours.Find(network.Embed(validation, stop: stop), network.Embed(candidates, stop: stop), Math.Min(config.K, candidates.Count), stop: stop);
        var agree = Enumerable.Range(0, found.Queries).Average(q => found.IndicesOf(q).ToArray().Average(i => candidates.Labels[i] == validation.Labels[q] ? 1.0 : 0));
        return new Outcome(-agree, [new Measure(Accuracy, KnnVotes.Accuracy(found, candidates, validation, config.K, config.Weighting))]);
    }

    public bool IsBetter(Outcome one, Outcome other) => (one[Accuracy], -one.Loss).CompareTo((other[Accuracy], -other.Loss)) > 0;

    public KnnFigures Test(RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        using var scope = NewDisposeScope();
        if (network.Classifier is not null) return new KnnFigures(network.ClassifierAccuracy(data.Test, stop), []);
        using var classifier = KnnClassifier.Create(network, data.Train, run, progress, stop);
        var found = classifier.Neighbours(data.Test, Math.Min(KnnMethods.Neighbours.Append(config.K).Max(), data.Train.Count), progress, stop);
        return new KnnFigures(KnnVotes.Accuracy(found, data.Train, data.Test, config.K, config.Weighting), KnnVotes.All(found, data.Train, data.Test));
    }

    public void Dispose() => network.Dispose();
}
