using SoftPerm.Experiments.Files;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Training;

namespace SoftPerm.Experiments.Reproduction;

/// <summary>Runs the paper's tables and figures, cell by cell, and writes the page that shows them beside the paper's.</summary>
public static class PaperReproduction
{
    private const string Page = "README.md";
    private static readonly SortTable Sorting = new();
    private static readonly QuantileTable Quantiles = new();
    private static readonly ReproducedTable[] Tables = [Sorting, Quantiles, new NeighbourTable(), new ProjectionTable(Sorting), new NeighbourCountTable(), new GradientVarianceFigure(Sorting), new PredictionFigure(Quantiles)];

    /// <summary>The names of the tables and figures.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Tables.Select(t => t.Name)];

    /// <summary>What a table or figure shows.</summary>
    public static string Title(string name) => Table(name).Title;

    /// <summary>The methods and columns of a table or figure, and the option that chooses columns.</summary>
    public static (IReadOnlyList<string> Methods, IReadOnlyList<string> Columns, string ColumnOption) Cells(string name) =>
        (Table(name).Methods, Table(name).Columns, Table(name).ColumnOption);

    /// <summary>Whether any cell asked for of a table or figure has a run that the minutes are for.</summary>
    /// <exception cref="UserErrorException">An option is out of its domain.</exception>
    public static bool UsesMinutes(string name, ReproductionOptions options)
    {
        options.Validate(Table(name));
        return Table(name).Cells.Any(cell => options.Includes(cell) && cell.DependsOnMinutes);
    }

    /// <summary>Runs the cells that have no result yet, those begun from where they stopped, and writes the page.</summary>
    /// <param name="name">The table or figure, one of <see cref="Names"/>.</param>
    /// <param name="options">Which cells, and how long.</param>
    /// <param name="path">The folder of runs and page.</param>
    /// <param name="progress">Shows a run's progress; made anew for each.</param>
    /// <param name="report">Takes a line for each cell.</param>
    /// <param name="stop">Stops; what was done stays, and the next call goes on from there.</param>
    /// <returns>Whether all cells asked for have a result.</returns>
    /// <exception cref="UserErrorException">An option is out of its domain, data is missing, or a folder cannot be written to.</exception>
    public static bool Run(
        string name, ReproductionOptions options, string path, Func<ITrainingProgress> progress, Action<string> report, CancellationToken stop) =>
        Run(Table(name), options, path, progress, report, stop);

    /// <summary>The same for any table.</summary>
    internal static bool Run(
        ReproducedTable table, ReproductionOptions options, string path, Func<ITrainingProgress> progress, Action<string> report, CancellationToken stop)
    {
        options.Validate(table);
        var folder = new ReproductionFolder(path);
        ReproducedCell[] cells = [.. table.Cells.Where(options.Includes)];
        string At(ReproducedCell cell) => folder.Of(table.RunsOf, options.Minutes, cell);
        foreach (var column in cells.GroupBy(c => c.Column))
            if (!Settle(column, At, options, report, stop)) return false;
        List<string> failures = [];
        foreach (var (number, cell) in cells.Index())
        {
            report($"[{number + 1}/{cells.Length}] {table.RunsOf} {cell.Name}");
            using var shown = progress();
            try
            {
                if (stop.IsCancellationRequested || !cell.Complete(At(cell), options, shown, stop)) return false;
            }
            catch (UserErrorException e) when (e.InnerException is DivergedException)
            {
                report($"{cell.Name}: {e.Message}"); // the others' results do not depend on it
                failures.Add(cell.Name);
            }

            Render(path); // after each cell: a page of what there is
        }

        if (failures.Count > 0) throw new UserErrorException($"Training of {string.Join(", ", failures)} diverged; all other cells asked for have results.");

        try
        {
            table.Finish(folder, options, report, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }

        Render(path);
        return true;
    }

    /// <summary>Settles the steps of a column's cells together, so that they are measured under like conditions.</summary>
    /// <returns>Whether they are settled now.</returns>
    private static bool Settle(
        IEnumerable<ReproducedCell> column, Func<ReproducedCell, string> at, ReproductionOptions options, Action<string> report, CancellationToken stop)
    {
        List<UnsettledCell> unsettled = [];
        try
        {
            foreach (var cell in column)
                if (cell.Unsettled(at(cell), options) is { } open) unsettled.Add(open);
            if (unsettled.Count == 0) return true;
            if (StepMeter.Measure([.. unsettled.Select(c => c.Meter)], TimeSpan.FromMinutes(options.Minutes), stop) is not { } budgets) return false;
            foreach (var (cell, budget) in unsettled.Zip(budgets))
            {
                report(FormattableString.Invariant($"{cell.Name}: {budget.Steps:#,0} steps for {options.Minutes:G3} minutes of a core"));
                cell.Settle(budget);
            }

            return true;
        }
        finally
        {
            foreach (var cell in unsettled) cell.Meter.Dispose();
        }
    }

    /// <summary>Writes the page from the records there are.</summary>
    /// <returns>The page's path.</returns>
    public static string Render(string path)
    {
        var folder = new ReproductionFolder(path);
        var sections = Tables.Select(t => $"## {t.Title}\n\n{t.Render(folder).TrimEnd()}\n\nRun it: `softperm reproduce {t.Name} --out {path}`\n");
        var page = Path.Join(folder.Path, Page);
        FileGuard.Run("write", page, () =>
        {
            Directory.CreateDirectory(folder.Path);
            AtomicFile.WriteAllText(page, $"{Head}\n{string.Join('\n', sections)}");
        });
        return page;
    }

    private static ReproducedTable Table(string name) => Tables.First(t => t.Name == name);

    private const string Head =
        """
        # The paper's tables, run here

        Generated by `softperm reproduce` from the records beside this page: each run's folder has its settings, metrics, learning curve and
        result with command, commit, machine and date. Rows marked "paper" are those of Grover et al., ICLR 2019, after 200 epochs
        (about 137,000 steps). Ours are named by the minutes of one processor core that a cell was to have for training with its validations
        (`--minutes`); the last column has the steps of each cell and, in parentheses, the minutes they took. The number of steps is fixed before a run
        begins, from the time of a few: those of all cells that one command begins in a column are timed in turn. A rented machine is faster on one day
        than on another, so compare steps as well as minutes. Each cell is one run from one seed.

        Some records are older. Those of Tables 1 and 2 with other than 500 validation sequences, and those of Table 3 and of Table 5 at k = 9, had
        their steps timed one after another or given by hand, so that steps and minutes differ more; the former chose weights by whole orders on 200
        sequences.

        In full, on a GPU: build with `-p:LibTorch=TorchSharp-cuda-linux` (or `-windows`), and train what a cell trains for about 200 epochs, as the paper,
        `softperm train sort --dataset mnist --items 5 --train-items 5 --sequences 20 --steps 137000 --learning-rate 1e-4 --schedule constant
        --device cuda:0`, likewise `train quantile`, and `train knn --network resnet18 --dataset cifar-10 --augment true --steps 90000 --learning-rate 1e-3
        --schedule constant --device cuda:0`. Networks compute on the GPU, relaxations and data stay on the CPU. No GPU was there to run it on.

        """;
}
