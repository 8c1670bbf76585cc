using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Serialization;
using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Drawing;
using SoftPerm.Paper.Networks;
using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Training;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Studies;

/// <summary>The study of nearest neighbours of pixels, of 50 principal components and of an autoencoder's code: the baselines of Table 3.</summary>
public static class NeighbourStudy
{
    private const int Components = 50;

    /// <summary>Measures what is missing in a folder, and then writes its table.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="path">The folder; one that holds rows of a study with the same settings is continued.</param>
    /// <param name="progress">Takes lines of progress.</param>
    /// <param name="cancellationToken">Stops the study; rows written stay.</param>
    /// <returns>The best vote of each row, as text; null if it was stopped.</returns>
    /// <exception cref="UserErrorException">A setting is out of its domain, data is missing, or the folder holds another study or cannot be written to.</exception>
    public static string? Run(NeighbourStudyConfig config, string path, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        config.Validate();
        if (config.Threads > 0) set_num_threads(config.Threads);
        var folder = new StudyFolder<NeighbourStudyConfig, NeighbourRow>(path, config);
        if (!StudyRunner.Complete(folder, config.Cells(), row => row.Cell, (cell, _) => Measure(config, cell, progress, cancellationToken), progress, cancellationToken)) return null;
        folder.WriteText("table.md", Page(folder.Rows));
        return string.Join('\n', folder.Rows);
    }

    private static NeighbourRow Measure(NeighbourStudyConfig config, NeighbourCell cell, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var data = DatasetCatalog.Open(cell.Dataset, config.DataDirectory);
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        var (candidates, queries) = Features(config, cell, data, progress, cancellationToken);
        var featureTime = clock.Elapsed;
        clock.Restart();
        var most = Math.Min(KnnMethods.Neighbours.Max(), data.Train.Count);
        var found = NearestNeighbours.Find(queries, candidates, most, cancellationToken: cancellationToken);
        return new NeighbourRow(
            cell, data.Train.Count, data.Test.Count, featureTime.TotalSeconds, clock.Elapsed.TotalSeconds, KnnVotes.All(found, data.Train, data.Test));
    }

    private static (Tensor Candidates, Tensor Queries) Features(
        NeighbourStudyConfig config, NeighbourCell cell, ImageDataset data, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        static Tensor Flat(ImageSet images) => images.ToTensor(PixelScale.Unit).flatten(1);
        switch (cell.Features)
        {
            case NeighbourStudyConfig.Pixels:
                return (Flat(data.Train), Flat(data.Test));
            case NeighbourStudyConfig.Components:
                using (var components = PrincipalComponents.Fit(Flat(data.Train), Components))
                    return (components.Transform(Flat(data.Train)).to(float32), components.Transform(Flat(data.Test)).to(float32));
            default:
                var training = new AutoencoderTraining { Epochs = config.Epochs, Seed = config.Seed };
                using (var autoencoder = training.Train(data.Train, PixelScale.Unit, progress is null ? null : new ImmediateProgress<(int Epoch, double Error)>(done => progress.Report(FormattableString.Invariant($"autoencoder, epoch {done.Epoch}: error {done.Error:g4}"))), cancellationToken))
                    return (ImageFeatures.Of(autoencoder.Encoder, data.Train, PixelScale.Unit, null, cancellationToken), ImageFeatures.Of(autoencoder.Encoder, data.Test, PixelScale.Unit, null, cancellationToken));
        }
    }

    private static string Page(IReadOnlyList<NeighbourRow> rows)
    {
        string[] heads = ["data set", "features", .. rows[0].Votes.Select(v => $">k = {v.K}, {v.Weighting.ToString().ToLowerInvariant()}")];
        var lines = rows.Select(r => (string[])[r.Cell.Dataset, r.Cell.Features, .. r.Votes.Select(v => (100 * v.Accuracy).ToString("f2", CultureInfo.InvariantCulture))]);
        return $"""
            # Nearest neighbours without training through a sort

            The share of test images, in percent, that the exact k nearest of all training images classify right, each counting the same or by
            the inverse of its distance: of pixels, of {Components} principal components of the training images, and of an autoencoder's code of {Autoencoder.CodeSize} numbers.

            {MarkdownTable.Render(heads, lines)}
            """;
    }
}

/// <summary>The accuracies of a cell.</summary>
/// <param name="Cell">The data set and features.</param>
/// <param name="Candidates">Training images searched.</param>
/// <param name="Queries">Test images classified.</param>
/// <param name="FeatureSeconds">Time to make the features.</param>
/// <param name="SearchSeconds">Time of the search.</param>
/// <param name="Votes">The accuracy of each vote.</param>
internal sealed record NeighbourRow(NeighbourCell Cell, int Candidates, int Queries, double FeatureSeconds, double SearchSeconds, IReadOnlyList<VoteFigure> Votes)
{
    /// <summary>The best vote, the first of several.</summary>
    public VoteFigure Best => Votes.MaxBy(v => v.Accuracy)!;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Cell.Dataset}, {Cell.Features}: {Best.Accuracy:f4} with k = {Best.K}, {Best.Weighting.ToString().ToLowerInvariant()} weights; features {FeatureSeconds:f0} s, search {SearchSeconds:f0} s");
}

/// <summary>Everything that determines a study of nearest neighbours without training through a sort.</summary>
public sealed record NeighbourStudyConfig : ISettings
{
    /// <summary>The pixels as they are.</summary>
    public const string Pixels = "pixels";

    /// <summary>Principal components.</summary>
    public const string Components = "pca";

    /// <summary>The code of an autoencoder.</summary>
    public const string Codes = "autoencoder";

    /// <summary>The features there are.</summary>
    public static IReadOnlyList<string> AllFeatures { get; } = [Pixels, Components, Codes];

    /// <summary>A study of seconds, to see how it works.</summary>
    public static NeighbourStudyConfig Quick { get; } = new() { Datasets = [DatasetCatalog.Generated], Features = [Pixels, Components] };

    /// <summary>The data sets.</summary>
    public IReadOnlyList<string> Datasets { get; init; } = [PublishedDataset.Mnist.Name, PublishedDataset.FashionMnist.Name];

    /// <summary>What distances are measured between.</summary>
    public IReadOnlyList<string> Features { get; init; } = AllFeatures;

    /// <summary>How often the autoencoder sees every image.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>The seed of its weights and batches.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>libtorch's threads; 0 leaves the choice to libtorch.</summary>
    public int Threads { get; init; }

    /// <summary>The folder of data sets, if given.</summary>
    [JsonIgnore]
    public string? DataDirectory { get; init; }

    /// <summary>The cells of the study in the order in which they are measured.</summary>
    internal IEnumerable<NeighbourCell> Cells() => (from dataset in Datasets from features in Features select new NeighbourCell(dataset, features)).Distinct();

    /// <inheritdoc/>
    public string? WhyUnused(string setting) => setting switch
    {
        nameof(Epochs) or nameof(Seed) when !Features.Contains(Codes) => $"'Features' has no {Codes}, the only one that is trained; add it, or leave '{setting}' out",
        nameof(DataDirectory) when Datasets.All(name => name == DatasetCatalog.Generated) =>
            $"the images of 'Datasets' {DatasetCatalog.Generated} are drawn, not read; choose others with 'Datasets', or leave 'DataDirectory' out",
        _ => null,
    };

    /// <summary>Checks every setting once.</summary>
    /// <exception cref="UserErrorException">A setting is out of its domain; the message names it and what is allowed.</exception>
    public void Validate()
    {
        Settings.RequireEach(Datasets, DatasetCatalog.Names.Contains, nameof(Datasets), string.Join(", ", DatasetCatalog.Names));
        Settings.RequireEach(Features, AllFeatures.Contains, nameof(Features), string.Join(", ", AllFeatures));
        Settings.Require(Epochs is >= 1 and <= 10_000, nameof(Epochs), Epochs, "1 to 10000");
        Settings.Require(Threads is >= 0 and <= 1024, nameof(Threads), Threads, "0 (libtorch's choice) to 1024");
    }
}

/// <summary>A data set and what distances are measured between.</summary>
internal readonly record struct NeighbourCell(string Dataset, string Features);
