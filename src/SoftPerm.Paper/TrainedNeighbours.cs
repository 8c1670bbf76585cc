using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Drawing;
using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Training;
using SoftPerm.Training.Runs;
using static TorchSharp.torch;

namespace SoftPerm.Paper;

/// <summary>The trained embedding of a run of nearest neighbours with its candidates: classifies images by their exact nearest neighbours.</summary>
public sealed class TrainedNeighbours : TrainedRun<KnnConfig>
{
    private readonly KnnNetwork network;
    private readonly NeighbourCandidates candidates;

    private TrainedNeighbours(string folder) : base(folder)
    {
        if (Config.Method == KnnMethods.Classifier) throw new UserErrorException($"{Run.Path} is a classifier without neighbours ('{nameof(Config.Method)}' {Config.Method}).");
        using var weights = new Generator(Config.Seed);
        network = Restored(new KnnNetwork(Config, weights));
        candidates = NeighbourCandidates.Read(Run);
    }

    /// <summary>The labels of the candidates.</summary>
    public IReadOnlyList<byte> Labels => candidates.Labels;

    private protected override nn.Module Network => network;

    /// <summary>Opens a finished run.</summary>
    /// <param name="folder">The run's folder, or one that <see cref="Save"/> wrote.</param>
    /// <exception cref="UserErrorException">There is no run of neighbours there, it has none, or has not ended.</exception>
    public static TrainedNeighbours Open(string folder) => new(folder);

    /// <summary>The features by whose distances images are compared.</summary>
    /// <param name="images">Images of the shape of those trained on.</param>
    /// <returns>float32 [N, features], without a graph, in the caller's dispose scope.</returns>
    public Tensor Embed(ImageSet images) => network.Embed(images);

    /// <summary>The k nearest candidates of each image.</summary>
    /// <param name="images">Images of the shape of those trained on.</param>
    /// <param name="k">How many, 1 to the number of candidates.</param>
    public NeighbourLists Neighbours(ImageSet images, int k) => candidates.Nearest(network, images, k);

    /// <summary>The label that the run's k nearest candidates of each image vote for.</summary>
    /// <param name="images">Images of the shape of those trained on.</param>
    public byte[] Classify(ImageSet images) => Vote(Neighbours(images, Math.Min(Config.K, candidates.Labels.Length)));

    /// <summary>Classifies consecutive test images and returns what is needed to draw them beside their neighbours.</summary>
    /// <param name="data">The run's data set.</param>
    /// <param name="first">The first test image, from 0.</param>
    /// <param name="count">How many.</param>
    public IReadOnlyList<NeighbourDrawing> Predict(ImageDataset data, int first, int count)
    {
        var queries = data.Test.Slice(first, count);
        var found = Neighbours(queries, Math.Min(Config.K, candidates.Labels.Length));
        var labels = Vote(found);
        return
        [
            .. Enumerable.Range(0, count).Select(q => new NeighbourDrawing(
                queries.Slice(q, 1), data.Train.Pick(found.IndicesOf(q)), found.DistancesOf(q).ToArray(), labels[q])),
        ];
    }

    /// <inheritdoc/>
    public override void Save(string folder)
    {
        base.Save(folder);
        candidates.Write(RunFolder.Open(folder));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing) candidates.Dispose();
        base.Dispose(disposing);
    }

    private byte[] Vote(NeighbourLists found) => NeighbourVote.Labels(found, candidates.Labels, found.Neighbours, Config.Weighting);
}
