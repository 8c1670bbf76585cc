using SoftPerm.Experiments.Baselines;
using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Reports;
using SoftPerm.Experiments.Runs;

namespace SoftPerm.Experiments.Tasks.Neighbours;

/// <summary>The classifier of a run, with its data set: shows how it decides.</summary>
public sealed class KnnModel : IDisposable
{
    private readonly KnnConfig config;
    private readonly ImageDataset data;
    private readonly KnnClassifier classifier;

    private KnnModel(RunFolder run, KnnConfig config, ImageDataset data)
    {
        Run = run;
        this.config = config;
        this.data = data;
        classifier = KnnClassifier.Open(run, config, data);
    }

    /// <summary>The run folder.</summary>
    public RunFolder Run { get; }

    /// <summary>The number of test images.</summary>
    public int TestImages => data.Test.Count;

    /// <summary>Opens a finished run.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="dataDirectory">Where the data is; null for where the run had it.</param>
    /// <exception cref="UserErrorException">There is no run there, it has not ended or has no neighbours, or its data is not found.</exception>
    public static KnnModel Open(string folder, string? dataDirectory)
    {
        var run = RunFolder.Open(folder);
        var config = run.ReadConfig<KnnConfig>();
        config.Validate();
        if (config.Threads > 0) TorchSharp.torch.set_num_threads(config.Threads);
        return new KnnModel(run, config, config.OpenData(dataDirectory));
    }

    /// <summary>Classifies consecutive test images by their nearest training images.</summary>
    public IReadOnlyList<NeighbourDrawing> Predict(int first, int count)
    {
        var queries = data.Test.Slice(first, count);
        var found = classifier.Neighbours(queries, Math.Min(config.K, classifier.Labels.Length));
        var labels = NeighbourVote.Labels(found, classifier.Labels, found.Neighbours, config.Weighting);
        return
        [
            .. Enumerable.Range(0, count).Select(q => new NeighbourDrawing(
                queries.Slice(q, 1), data.Train.Pick(found.IndicesOf(q)), found.DistancesOf(q).ToArray(), labels[q])),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => classifier.Dispose();
}
