using SoftPerm.Experiments.Baselines;
using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Files;
using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Training;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Tasks.Neighbours;

/// <summary>A trained embedding with its candidates: classifies images by their exact nearest neighbours.</summary>
public sealed class KnnClassifier : IDisposable
{
    private const string FileName = "candidates.safetensors", FeaturesKey = "features", LabelsKey = "labels";
    private readonly KnnNetwork network;
    private readonly Tensor candidates;
    private readonly bool ownsNetwork;

    private KnnClassifier(KnnNetwork network, Tensor candidates, byte[] labels, bool ownsNetwork)
    {
        this.network = network;
        this.candidates = candidates.DetachFromDisposeScope();
        this.ownsNetwork = ownsNetwork;
        Labels = labels;
    }

    /// <summary>The labels of the candidates.</summary>
    public byte[] Labels { get; }

    /// <summary>Embeds the candidates and keeps them in a run's folder.</summary>
    internal static KnnClassifier Create(KnnNetwork network, ImageSet images, RunFolder run, ITrainingProgress progress, CancellationToken stop)
    {
        using var scope = NewDisposeScope();
        var features = network.Embed(images, Tell(progress, "embedding candidates"), stop);
        Safetensors.Write(Path.Combine(run.Path, FileName), new Dictionary<string, Tensor> { [FeaturesKey] = features, [LabelsKey] = tensor(images.Labels) });
        return new KnnClassifier(network, features, images.Labels, ownsNetwork: false);
    }

    /// <summary>Opens the classifier of a finished run.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="data">Its data set, for the shape of images.</param>
    /// <exception cref="UserErrorException">The run has no neighbours, or has not ended.</exception>
    internal static KnnClassifier Open(RunFolder run, KnnConfig config, ImageDataset data)
    {
        if (config.Method == KnnMethods.Classifier) throw new UserErrorException($"{run.Path} is a classifier without neighbours (--method {config.Method}).");
        var path = Path.Combine(run.Path, FileName);
        var best = run.Checkpoints.Best;
        if (best is null || !File.Exists(path)) throw run.WithoutWeights("weights and candidates", "knn");
        using var scope = NewDisposeScope();
        using var weights = new Generator(config.Seed);
        var network = new KnnNetwork(config, data, weights).On(config.Device);
        Checkpoint.ReadWeights(best, network);
        var stored = Safetensors.Read(path);
        if (!stored.TryGetValue(FeaturesKey, out var features) || !stored.TryGetValue(LabelsKey, out var labels) || features.size(0) != labels.numel())
            throw new UserErrorException($"{path} does not hold '{FeaturesKey}' and as many '{LabelsKey}'.");
        return new KnnClassifier(network, features, labels.data<byte>().ToArray(), ownsNetwork: true);
    }

    /// <summary>The k nearest candidates of each image.</summary>
    public NeighbourLists Neighbours(ImageSet images, int k, ITrainingProgress? progress = null, CancellationToken stop = default)
    {
        using var scope = NewDisposeScope();
        return NearestNeighbours.Find(network.Embed(images, Tell(progress, "embedding queries"), stop), candidates, k, Tell(progress, "searching"), stop);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        candidates.Dispose();
        if (ownsNetwork) network.Dispose();
    }

    /// <summary>A line at every tenth.</summary>
    private static Action<double>? Tell(ITrainingProgress? progress, string what)
    {
        if (progress is null) return null;
        var told = 0;
        return share =>
        {
            if ((int)(10 * share) <= told) return;
            told = (int)(10 * share);
            progress.Message($"{what}: {10 * told} %");
        };
    }
}
