using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.Experiments.Tasks.Quantiles;

namespace SoftPerm.Experiments.Reproduction;

/// <summary>Figure 8: true against predicted medians, in the runs of Table 2.</summary>
internal sealed class PredictionFigure(QuantileTable runs) : ReproducedTable
{
    /// <inheritdoc/>
    public override string Name => "figure8";

    /// <inheritdoc/>
    public override string Title => "Figure 8: true against predicted medians";

    /// <inheritdoc/>
    public override string RunsOf => runs.Name;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Columns => runs.Columns;

    /// <inheritdoc/>
    public override IReadOnlyList<ReproducedCell> Cells { get; } =
        [.. runs.Cells.Where(c => c.Method is OrderModels.Deterministic or OrderModels.Stochastic or QuantileTable.DeterministicShared)];

    /// <inheritdoc/>
    public override string Render(ReproductionFolder folder)
    {
        var pictures =
            from cell in Cells
            let best = folder.Budgets(RunsOf).LastOrDefault(minutes => folder.Result<QuantileConfig, QuantileFigures>(RunsOf, minutes, cell) is not null, double.NaN)
            where double.IsFinite(best)
            let path = Path.GetRelativePath(folder.Path, Path.Join(folder.Of(RunsOf, best, cell), QuantileTask.PictureName)).Replace('\\', '/')
            select $"<img src=\"{path}\" width=\"280\" alt=\"{cell.Method}, n = {cell.Column}\">";
        return $"The first 2,000 test sets of the longest run of each: NeuralSort as the paper has it, and deterministic with one network for scores and values.\n\n{string.Join('\n', pictures.DefaultIfEmpty("(no run yet)"))}\n";
    }
}
