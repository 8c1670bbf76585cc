using System.Globalization;
using SoftPerm.Experiments.Tasks.Orders;
using SoftPerm.Experiments.Tasks.Sorting;
using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Reproduction;

/// <summary>Table 4: how far the relaxed permutation is from its projection, in the runs of Table 1.</summary>
internal sealed class ProjectionTable(SortTable runs) : ReproducedTable
{
    private static readonly string[][] Paper =
    [
        ["deterministic", ".0052", ".0272", ".0339", ".0105", ".0220"],
        ["stochastic", ".0095", ".0327", ".0189", ".0111", ".0179"],
    ];

    /// <inheritdoc/>
    public override string Name => "table4";

    /// <inheritdoc/>
    public override string Title => "Table 4: the relaxed permutation against its projection";

    /// <inheritdoc/>
    public override string RunsOf => runs.Name;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Columns => runs.Columns;

    /// <inheritdoc/>
    public override IReadOnlyList<ReproducedCell> Cells { get; } =
        [.. runs.Cells.Where(c => c.Method is OrderModels.Deterministic or OrderModels.Stochastic)];

    /// <inheritdoc/>
    public override string Render(ReproductionFolder folder) =>
        $"""
        The mean squared difference between the entries of P̂ and of its projection, on the test sequences of Table 1, without noise, at
        τ = 1 (the paper: at the τ it chose for each n).

        {BudgetTable.Render<SortConfig, SortFigures>(this, folder, [.. Columns.Select(n => $"n = {n}")], Paper, Show)}
        """;

    private static string? Show(TrainingResult<SortConfig, SortFigures> result) => result.Test.ProjectionError?.ToString(".0000", CultureInfo.InvariantCulture);
}
