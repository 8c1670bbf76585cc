using System.Globalization;
using SoftPerm.Paper.Drawing;
using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.Training;

namespace SoftPerm.Paper.Tables;

/// <summary>Table 2: quantile regression.</summary>
internal sealed class QuantileTable : ReproducedTable
{
    /// <summary>Deterministic NeuralSort with one network for scores and values.</summary>
    public const string DeterministicShared = OrderObjectives.Deterministic + SharedSuffix;

    private const string SharedSuffix = "-shared";

    private static readonly string[] AllColumns = ["5", "9", "15"];

    private static readonly string[][] Paper =
    [
        ["constant", "356.79 (0)", "227.31 (0)", "146.94 (0)"],
        ["vanilla", "1004.70 (.85)", "699.15 (.82)", "562.97 (.79)"],
        ["sinkhorn", "343.60 (.25)", "231.87 (.19)", "156.27 (.04)"],
        ["gumbel-sinkhorn", "344.28 (.25)", "232.56 (.23)", "157.34 (.06)"],
        ["deterministic", "45.50 (.95)", "34.98 (.94)", "34.78 (.92)"],
        ["stochastic", "33.80 (.94)", "31.43 (.93)", "29.34 (.90)"],
    ];

    /// <inheritdoc/>
    public override string Name => "table2";

    /// <inheritdoc/>
    public override string Title => "Table 2: quantile regression";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Columns => AllColumns;

    /// <inheritdoc/>
    public override IReadOnlyList<ReproducedCell> Cells { get; } =
    [
        .. from column in AllColumns
           from shared in new[] { false, true }
           from method in OrderObjectives.RelaxedNames
           where !shared || method != OrderObjectives.Vanilla
           select Cell(method, shared, column),
    ];

    /// <inheritdoc/>
    public override string Render(ReproductionFolder folder) =>
        $"""
        The mean squared error of the median of n four-digit numbers, divided by 10⁴, on 2,500 test sets, and in parentheses the squared
        correlation of truth and prediction; ours then give R² = 1 - Σ(y - ŷ)² / Σ(y - ȳ)². The paper's R² must be the squared correlation:
        its vanilla network errs by more than the constant and yet has .85. The constant is 4999.5. Networks, batch of 5 and losses are the
        paper's; Adam's rate falls from 1e-3 along a cosine where the paper's stays at 1e-4, τ = 1, or 8 with noise, where the paper chose for each
        cell (at 1 and n = 5, ten minutes left stochastic NeuralSort near the constant), and networks read values in units of 10,000. With noise,
        predictions average 5 draws. The paper's methods have two networks, one for scores and one for values; those named {SharedSuffix} have
        one for both (a shared network).

        {BudgetTable.Render<QuantileConfig, QuantileFigures>(this, folder, [.. AllColumns.Select(n => $"n = {n}")], Paper, Show)}
        Always predicting the middle errs on our test sets by: {Constants(folder)}. Digits come as often as MNIST's test images have them,
        which is not quite evenly.
        """;

    private static TrainedCell<QuantileConfig, QuantileFigures> Cell(string method, bool shared, string items) =>
        new(shared ? method + SharedSuffix : method, items, new QuantileConfig
        {
            Temperature = Temperature(method),
            FinalTemperature = Temperature(method),
            Dataset = "mnist",
            Method = method,
            SharedNetwork = shared,
            Items = int.Parse(items, CultureInfo.InvariantCulture),
            LearningRate = 1e-3,
            ValidationSequences = 500,
            TestSequences = 2500,
            Threads = 1,
        }, PaperTasks.Quantile);

    /// <summary>τ: at 1, noise orders the images of a stochastic run of n = 5, and neither scores nor values begin to be learned.</summary>
    private static double Temperature(string method) => OrderObjectives.Of(method).IsStochastic ? 8 : 1;

    private static string Show(TrainingResult<QuantileConfig, QuantileFigures> result) => string.Create(CultureInfo.InvariantCulture,
        $"{result.Test.MeanSquaredError / 1e4:f2} ({MarkdownTable.Proportion(result.Test.SquaredCorrelation)}; {MarkdownTable.Proportion(result.Test.DeterminationCoefficient)})");

    private string Constants(ReproductionFolder folder)
    {
        var known =
            from column in AllColumns
            let result = folder.Budgets(Name).SelectMany(minutes => Cells.Where(c => c.Column == column)
                .Select(c => folder.Result<QuantileConfig, QuantileFigures>(Name, minutes, c))).FirstOrDefault(r => r is not null)
            where result is not null
            select string.Create(CultureInfo.InvariantCulture, $"{result.Test.ConstantMeanSquaredError / 1e4:f2} at n = {column}");
        return string.Join(", ", known.DefaultIfEmpty("(no run yet)"));
    }
}

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
        [.. runs.Cells.Where(c => c.Method is OrderObjectives.Deterministic or OrderObjectives.Stochastic or QuantileTable.DeterministicShared)];

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
