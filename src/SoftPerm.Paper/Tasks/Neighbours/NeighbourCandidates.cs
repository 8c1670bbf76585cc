using SoftPerm.Paper.Datasets;
using SoftPerm.Training;
using SoftPerm.Training.IO;
using SoftPerm.Training.Runs;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tasks.Neighbours;

/// <summary>The features and labels of all training images, among which the nearest are searched; kept in a run's folder.</summary>
internal sealed class NeighbourCandidates : IDisposable
{
    private const string FileName = "candidates.safetensors", FeaturesKey = "features", LabelsKey = "labels";
    private readonly Tensor features;

    private NeighbourCandidates(Tensor features, byte[] labels)
    {
        this.features = features.DetachFromDisposeScope();
        Labels = labels;
    }

    /// <summary>The labels.</summary>
    public byte[] Labels { get; }

    /// <summary>Embeds images.</summary>
    public static NeighbourCandidates Embed(KnnNetwork network, ImageSet images, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        using var scope = NewDisposeScope();
        return new NeighbourCandidates(network.Embed(images, TenthNotes.To(progress, "embedding candidates"), cancellationToken), images.Labels);
    }

    /// <summary>Reads those that a finished run keeps.</summary>
    /// <exception cref="UserErrorException">It keeps none, or they are damaged.</exception>
    public static NeighbourCandidates Read(RunFolder run)
    {
        var path = Path.Join(run.Path, FileName);
        if (!File.Exists(path)) throw run.Without("candidates");
        using var scope = NewDisposeScope();
        var stored = Safetensors.Read(path);
        if (!stored.TryGetValue(FeaturesKey, out var features) || !stored.TryGetValue(LabelsKey, out var labels) || features.size(0) != labels.numel())
            throw new UserErrorException($"{path} does not hold '{FeaturesKey}' and as many '{LabelsKey}'.");
        return new NeighbourCandidates(features, labels.data<byte>().ToArray());
    }

    /// <summary>Writes them into a run's folder.</summary>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Write(RunFolder run)
    {
        using var scope = NewDisposeScope();
        var path = Path.Join(run.Path, FileName);
        var tensors = new Dictionary<string, Tensor> { [FeaturesKey] = features, [LabelsKey] = tensor(Labels) };
        FileGuard.Run("write", path, () => Safetensors.Write(path, tensors));
    }

    /// <summary>The k nearest of each image.</summary>
    public NeighbourLists Nearest(KnnNetwork network, ImageSet images, int k, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using var scope = NewDisposeScope();
        var queries = network.Embed(images, TenthNotes.To(progress, "embedding queries"), cancellationToken);
        return NearestNeighbours.Find(queries, features, k, TenthNotes.To(progress, "searching"), cancellationToken);
    }

    public void Dispose() => features.Dispose();

    /// <summary>A line at every tenth of something.</summary>
    private sealed class TenthNotes(IProgress<TrainingProgress> progress, string what) : IProgress<double>
    {
        private int told;

        public static TenthNotes? To(IProgress<TrainingProgress>? progress, string what) => progress is null ? null : new TenthNotes(progress, what);

        public void Report(double share)
        {
            if ((int)(10 * share) <= told) return;
            told = (int)(10 * share);
            progress.Report(new NoteProgress($"{what}: {10 * told} %"));
        }
    }
}
