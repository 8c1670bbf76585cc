using System.Diagnostics;
using System.Globalization;
using SoftPerm.Experiments.Baselines;
using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Models;
using SoftPerm.Experiments.Reports;
using SoftPerm.Experiments.Tasks.Neighbours;
using static TorchSharp.torch;

namespace SoftPerm.Experiments.Studies;

/// <summary>The study of nearest neighbours of pixels, of 50 principal components and of an autoencoder's code: the baselines of Table 3.</summary>
public static class NeighbourStudy
{
    private const int Components = 50;

    /// <summary>Measures what is missing in a folder, and then writes its table.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="path">The folder; one that holds rows of a study with the same settings is continued.</param>
    /// <param name="report">Takes lines of progress.</param>
    /// <param name="stop">Stops the study; rows written stay.</param>
    /// <returns>The best vote of each row, as text; null if it was stopped.</returns>
    /// <exception cref="UserErrorException">A setting is out of its domain, data is missing, or the folder holds another study or cannot be written to.</exception>
    public static string? Run(NeighbourStudyConfig config, string path, Action<string> report, CancellationToken stop)
    {
        config.Validate();
        if (config.Threads > 0) set_num_threads(config.Threads);
        var folder = new StudyFolder<NeighbourStudyConfig, NeighbourRow>(path, config);
        if (!StudyRunner.Complete(folder, config.Cells(), row => row.Cell, (cell, _) => Measure(config, cell, report, stop), report, stop)) return null;
        folder.WriteText("table.md", Page(folder.Rows));
        return string.Join('\n', folder.Rows);
    }

    private static NeighbourRow Measure(NeighbourStudyConfig config, NeighbourCell cell, Action<string> report, CancellationToken stop)
    {
        var data = DatasetCatalog.Open(cell.Dataset, config.DataDirectory);
        using var scope = NewDisposeScope();
        var clock = Stopwatch.StartNew();
        var (candidates, queries) = Features(config, cell, data, report, stop);
        var featureTime = clock.Elapsed;
        clock.Restart();
        var most = Math.Min(KnnMethods.Neighbours.Max(), data.Train.Count);
        var found = NearestNeighbours.Find(queries, candidates, most, stop: stop);
        return new NeighbourRow(
            cell, data.Train.Count, data.Test.Count, featureTime.TotalSeconds, clock.Elapsed.TotalSeconds, KnnVotes.All(found, data.Train, data.Test));
    }

    private static (Tensor Candidates, Tensor Queries) Features(
        NeighbourStudyConfig config, NeighbourCell cell, ImageDataset data, Action<string> report, CancellationToken stop)
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
                using (var autoencoder = training.Train(data.Train, PixelScale.Unit, (epoch, loss) => report($"autoencoder, epoch {epoch}: error {loss.ToString("g4", CultureInfo.InvariantCulture)}"), stop))
                    return (ImageFeatures.Of(autoencoder.Encoder, data.Train, PixelScale.Unit, null, stop), ImageFeatures.Of(autoencoder.Encoder, data.Test, PixelScale.Unit, null, stop));
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
