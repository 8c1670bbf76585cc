using SoftPerm.Experiments.Studies;
using SoftPerm.Experiments.Tasks.Neighbours;

namespace SoftPerm.Experiments.Reproduction;

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
    public override string ColumnOption => "--datasets";

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
