using System.Globalization;
using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Networks;
using SoftPerm.Paper.Studies;
using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Training;

namespace SoftPerm.Paper.Tables;

/// <summary>Table 3: nearest neighbours, trained end to end and not.</summary>
internal sealed class NeighbourTable : ReproducedTable
{
    private static readonly string[][] Paper =
    [
        ["pixels", "97.2", "85.8"],
        ["pca", "97.6", "85.9"],
        ["autoencoder", "97.6", "87.5"],
        ["deterministic", "99.5", "93.5 (ResNet18)"],
        ["stochastic", "99.4", "93.4 (ResNet18)"],
        ["cnn", "99.4", "93.4 (ResNet18)"],
    ];

    /// <inheritdoc/>
    public override string Name => NeighbourRuns.Folder;

    /// <inheritdoc/>
    public override string Title => "Table 3: differentiable nearest neighbours";

    /// <inheritdoc/>
    public override string ColumnSetting => "Datasets";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Columns => NeighbourRuns.Datasets;

    /// <inheritdoc/>
    public override IReadOnlyList<ReproducedCell> Cells { get; } =
    [
        .. from dataset in NeighbourRuns.Datasets from features in NeighbourStudyConfig.AllFeatures select new BaselineCell(features, dataset),
        .. from dataset in NeighbourRuns.Datasets from method in KnnMethods.Names select NeighbourRuns.Cell(method, dataset, NeighbourRuns.K, dataset),
    ];

    /// <inheritdoc/>
    public override string Render(ReproductionFolder folder) =>
        $"""
        The share of the 10,000 test images classified right, in percent, by their neighbours among all 60,000 training images (by a linear layer, for
        the CNN). Trained rows have the paper's convolutional network for MNIST on both data sets (the paper has a ResNet18 on Fashion-MNIST),
        k = {NeighbourRuns.K}, steps of 100 queries and 100 candidates, gradient descent with momentum 0.9 and weight decay 5e-4 as the paper's code, a rate
        that falls from 0.05 along a cosine, τ = 4. The others are the best of k = 1, 3, 5, 9 and of equal and inverse-distance weights, chosen on
        the test images, as the paper's. The paper's CIFAR-10 column needs a ResNet18, which was only run for a few steps here, on a part of the
        data, to see that it does.

        {BudgetTable.Render<KnnConfig, KnnFigures>(this, folder, Columns, Paper, NeighbourRuns.Show, Baselines(folder))}
        """;

    private IEnumerable<IReadOnlyList<string>> Baselines(ReproductionFolder folder) =>
        from features in NeighbourStudyConfig.AllFeatures
        let cells = Columns.Select(dataset => Shown(folder, new BaselineCell(features, dataset))).ToArray()
        where cells.Any(c => c.Length > 0)
        select (IReadOnlyList<string>)["here", features, .. cells];

    private string Shown(ReproductionFolder folder, BaselineCell cell) => cell.Row(folder.Of(Name, 0, cell)) is { } row
        ? FormattableString.Invariant($"{100 * row.Best.Accuracy:f2} (k = {row.Best.K}, {row.Best.Weighting.ToString().ToLowerInvariant()})")
        : "";
}

/// <summary>Table 5: the number of neighbours, each with a network of its own.</summary>
internal sealed class NeighbourCountTable : ReproducedTable
{
    private static readonly string[][] Paper =
    [
        ["deterministic", "99.2", "99.5", "99.3", "99.3"],
        ["stochastic", "99.1", "99.3", "99.4", "99.4"],
    ];

    /// <inheritdoc/>
    public override string Name => "table5";

    /// <inheritdoc/>
    public override string Title => "Table 5: the number of neighbours, on MNIST";

    /// <inheritdoc/>
    public override string RunsOf => NeighbourRuns.Folder;

    /// <inheritdoc/>
    public override string ColumnSetting => "K";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Columns { get; } = [.. KnnMethods.Neighbours.Select(k => k.ToString(CultureInfo.InvariantCulture))];

    /// <inheritdoc/>
    public override IReadOnlyList<ReproducedCell> Cells { get; } =
    [
        .. from k in KnnMethods.Neighbours
           from method in new[] { KnnMethods.Deterministic, KnnMethods.Stochastic }
           select NeighbourRuns.Cell(method, PublishedDataset.Mnist.Name, k, k.ToString(CultureInfo.InvariantCulture)),
    ];

    /// <inheritdoc/>
    public override string Render(ReproductionFolder folder) =>
        $"""
        As in Table 3, networks trained and tested with each k; those of k = {NeighbourRuns.K} are the same runs.

        {BudgetTable.Render<KnnConfig, KnnFigures>(this, folder, [.. Columns.Select(k => $"k = {k}")], Paper, NeighbourRuns.Show)}
        """;
}

/// <summary>The trained runs that Tables 3 and 5 share, in the folder of Table 3.</summary>
internal static class NeighbourRuns
{
    /// <summary>The folder's name.</summary>
    public const string Folder = "table3";

    /// <summary>k of the runs of Table 3.</summary>
    public const int K = 9;

    /// <summary>The run of a method, data set and k, with the paper's network for MNIST.</summary>
    public static TrainedCell<KnnConfig, KnnFigures> Cell(string method, string dataset, int k, string column) => new(method, column, new KnnConfig
    {
        Dataset = dataset,
        Method = method,
        K = k,
        Network = EmbeddingNetworks.ConvNet,
        LearningRate = 5e-2,
        Temperature = 4,
        FinalTemperature = 4,
        Threads = 1,
    }, PaperTasks.Knn)
    {
        Name = method == KnnMethods.Classifier ? $"{method}-{dataset}" : $"{method}-{dataset}-k{k}",
    };

    /// <summary>The data sets that are measured whole.</summary>
    public static IReadOnlyList<string> Datasets { get; } = [PublishedDataset.Mnist.Name, PublishedDataset.FashionMnist.Name];

    /// <summary>The accuracy of a run in percent.</summary>
    public static string Show(TrainingResult<KnnConfig, KnnFigures> result) => FormattableString.Invariant($"{100 * result.Test.Accuracy:f2}");
}

/// <summary>A cell of nearest neighbours of features that no sort was trained through: a study of one row, whatever the minutes.</summary>
/// <param name="Method">The features, one of <see cref="NeighbourStudyConfig.AllFeatures"/>.</param>
/// <param name="Column">The data set.</param>
internal sealed record BaselineCell(string Method, string Column) : ReproducedCell(Method, Column)
{
    public override bool DependsOnMinutes => false;

    public override bool Complete(string folder, ReproductionOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        NeighbourStudy.Run(Config with { DataDirectory = options.DataDirectory }, folder, progress is null ? null : new ImmediateProgress<string>(line => progress.Report(new NoteProgress(line))), cancellationToken) is not null;

    /// <summary>The row in a folder; null where there is none yet.</summary>
    public NeighbourRow? Row(string folder) => Directory.Exists(folder)
        && new StudyFolder<NeighbourStudyConfig, NeighbourRow>(folder, Config).Rows is [var row] ? row : null;

    private NeighbourStudyConfig Config => new() { Datasets = [Column], Features = [Method], Threads = 1 };
}
