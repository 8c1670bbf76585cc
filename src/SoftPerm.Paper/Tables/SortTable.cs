using System.Globalization;
using SoftPerm.Paper.Drawing;
using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Training;
using SoftPerm.Training.Runs;

namespace SoftPerm.Paper.Tables;

/// <summary>Table 1: sorting handwritten numbers.</summary>
internal sealed class SortTable : ReproducedTable
{
    private const string Long = "train-long";
    private static readonly string[] BaselineColumns = ["3", "5", "9"], AllColumns = ["3", "5", "7", "9", "15"];

    private static readonly string[][] Paper =
    [
        ["vanilla", ".467 (.801)", ".093 (.603)", ".009 (.492)", "0 (.113)", "0 (.067)"],
        ["sinkhorn", ".462 (.561)", ".038 (.293)", ".001 (.197)", "0 (.143)", "0 (.078)"],
        ["gumbel-sinkhorn", ".484 (.575)", ".033 (.295)", ".001 (.189)", "0 (.146)", "0 (.078)"],
        ["deterministic", ".930 (.951)", ".837 (.927)", ".738 (.909)", ".649 (.896)", ".386 (.857)"],
        ["stochastic", ".927 (.950)", ".835 (.926)", ".741 (.909)", ".646 (.895)", ".418 (.862)"],
    ];

    /// <inheritdoc/>
    public override string Name => "table1";

    /// <inheritdoc/>
    public override string Title => "Table 1: sorting handwritten numbers";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Columns => AllColumns;

    /// <inheritdoc/>
    public override IReadOnlyList<ReproducedCell> Cells { get; } =
    [
        .. from column in BaselineColumns from method in OrderObjectives.Names select Cell(method, column),
        .. from column in AllColumns.Except(BaselineColumns)
           from method in new[] { OrderObjectives.Deterministic, OrderObjectives.Stochastic }
           select Cell(method, column),
    ];

    /// <inheritdoc/>
    public override string Render(ReproductionFolder folder) =>
        $"""
        The proportion of whole permutations right (of single places right), on 2,500 sequences of test digits or more. Network, digits, numbers and
        sequences of training are the paper's; a step has 5 sequences where the paper has 20, Adam's rate falls from 1e-3 along a
        cosine where the paper's stays at 1e-4, and τ = 1 where the paper chose. A place is right when its row of P̂ is largest at an image
        of the right number, as the paper must have counted: no orders of 3 are .467 right as a whole and .801 place by place. Rows that are
        not those of NeuralSort may name an image twice; after a semicolon, the order of the best matching instead. The cost of REINFORCE is
        the share of wrong places. The standard error of a proportion of 2,500 sequences is up to .010.

        {BudgetTable.Render<SortConfig, SortFigures>(this, folder, [.. AllColumns.Select(n => $"n = {n}")], Paper, Show, TrainedLong(folder))}

        The row trained on longer sequences is one model, tested at every n: a network of our own that reads each digit alike
        (network `digits`), trained on one sequence of 100 a step. It is a run in `{Name}/{Long}` with its later test.
        """;

    /// <summary>The row of a run on long sequences, kept beside the cells with its later test, if it is there.</summary>
    private IEnumerable<IReadOnlyList<string>> TrainedLong(ReproductionFolder folder)
    {
        var path = Path.Join(folder.Path, Name, Long);
        if (!RunFolder.Exists(path)) return [];
        var run = RunFolder.Open(path);
        if (run.ReadEvaluation<SortEvaluationRecord>() is not { } evaluation) return [];
        var config = run.ReadConfig<SortConfig>();
        var cells = AllColumns.Select(n => evaluation.Figures.FirstOrDefault(f => f.Items.ToString(CultureInfo.InvariantCulture) == n) is { } f ? Show(f.Outcome) : "");
        return [[FormattableString.Invariant($"trained on {config.TrainItems}"), $"{config.Method}, {config.Network} network", .. cells, FormattableString.Invariant($"{config.Steps:#,0}")]];
    }

    private static string Show(TrainingResult<SortConfig, SortFigures> result) => Show(result.Test);

    private static string Show(SortFigures test)
    {
        var order = Show(test.PermutationAccuracy, test.RankAccuracy);
        if (test.RowPermutationAccuracy is not { } permutations || test.RowRankAccuracy is not { } ranks) return order;
        var rows = Show(permutations, ranks);
        return rows == order ? rows : $"{rows}; {order}";
    }

    private static string Show(double permutations, double ranks) => $"{MarkdownTable.Proportion(permutations)} ({MarkdownTable.Proportion(ranks)})";

    private static TrainedCell<SortConfig, SortFigures> Cell(string method, string items)
    {
        var n = int.Parse(items, CultureInfo.InvariantCulture);
        return new TrainedCell<SortConfig, SortFigures>(method, items, new SortConfig
        {
            Dataset = "mnist",
            Method = method,
            Items = n,
            TrainItems = n,
            Sequences = 5,
            LearningRate = 1e-3,
            ValidationSequences = 500,
            TestSequences = 2500,
            Threads = 1,
        }, PaperTasks.Sort);
    }
}

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
        [.. runs.Cells.Where(c => c.Method is OrderObjectives.Deterministic or OrderObjectives.Stochastic)];

    /// <inheritdoc/>
    public override string Render(ReproductionFolder folder) =>
        $"""
        The mean squared difference between the entries of P̂ and of its projection, on the test sequences of Table 1, without noise, at
        τ = 1 (the paper: at the τ it chose for each n).

        {BudgetTable.Render<SortConfig, SortFigures>(this, folder, [.. Columns.Select(n => $"n = {n}")], Paper, Show)}
        """;

    private static string? Show(TrainingResult<SortConfig, SortFigures> result) => result.Test.ProjectionError?.ToString(".0000", CultureInfo.InvariantCulture);
}
