using System.Globalization;
using SoftPerm.Experiments.Datasets;
using SoftPerm.Experiments.Tasks.Neighbours;

namespace SoftPerm.Experiments.Reproduction;

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
    public override string ColumnOption => "--k";

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
