using SoftPerm.Training;
using SoftPerm.Training.IO;

namespace SoftPerm.Paper.Tables;

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
    public static (IReadOnlyList<string> Methods, IReadOnlyList<string> Columns, string ColumnSetting) Cells(string name) =>
        (Table(name).Methods, Table(name).Columns, Table(name).ColumnSetting);

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
    /// <param name="notes">What the page says of how it came about.</param>
    /// <param name="progress">Told of each cell and of its training.</param>
    /// <param name="cancellationToken">Stops; what was done stays, and the next call goes on from there.</param>
    /// <returns>Whether all cells asked for have a result.</returns>
    /// <exception cref="UserErrorException">An option is out of its domain, data is missing, or a folder cannot be written to.</exception>
    public static bool Run(
        string name, ReproductionOptions options, string path, PageNotes notes, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) =>
        Run(Table(name), options, path, notes, progress, cancellationToken);

    /// <summary>The same for any table.</summary>
    internal static bool Run(
        ReproducedTable table, ReproductionOptions options, string path, PageNotes notes, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        options.Validate(table);
        var folder = new ReproductionFolder(path);
        ReproducedCell[] cells = [.. table.Cells.Where(options.Includes)];
        string At(ReproducedCell cell) => folder.Of(table.RunsOf, options.Minutes, cell);
        foreach (var column in cells.GroupBy(c => c.Column))
            if (!Settle(column, At, options, progress, cancellationToken)) return false;
        List<string> failures = [];
        foreach (var (number, cell) in cells.Index())
        {
            progress?.Report(new NoteProgress($"[{number + 1}/{cells.Length}] {table.RunsOf} {cell.Name}"));
            try
            {
                if (cancellationToken.IsCancellationRequested || !cell.Complete(At(cell), options, progress, cancellationToken)) return false;
            }
            catch (UserErrorException e) when (e.InnerException is DivergedException)
            {
                progress?.Report(new NoteProgress($"{cell.Name}: {e.Message}")); // the others' results do not depend on it
                failures.Add(cell.Name);
            }

            Render(path, notes); // after each cell: a page of what there is
        }

        if (failures.Count > 0) throw new UserErrorException($"Training of {string.Join(", ", failures)} diverged; all other cells asked for have results.");

        try
        {
            table.Finish(folder, options, progress, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        Render(path, notes);
        return true;
    }

    /// <summary>Settles the steps of a column's cells together, so that they are measured under like conditions.</summary>
    /// <returns>Whether they are settled now.</returns>
    private static bool Settle(
        IEnumerable<ReproducedCell> column, Func<ReproducedCell, string> at, ReproductionOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken)
    {
        List<UnsettledCell> unsettled = [];
        try
        {
            foreach (var cell in column)
                if (cell.Unsettled(at(cell), options) is { } open) unsettled.Add(open);
            if (unsettled.Count == 0) return true;
            if (StepMeter.Measure([.. unsettled.Select(c => c.Meter)], TimeSpan.FromMinutes(options.Minutes), cancellationToken) is not { } budgets) return false;
            foreach (var (cell, budget) in unsettled.Zip(budgets))
            {
                progress?.Report(new NoteProgress(FormattableString.Invariant($"{cell.Name}: {budget.Steps:#,0} steps for {options.Minutes:G3} minutes of a core")));
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
    /// <param name="path">The folder of runs and page.</param>
    /// <param name="notes">What the page says of how it came about.</param>
    /// <returns>The page's path.</returns>
    public static string Render(string path, PageNotes notes)
    {
        var folder = new ReproductionFolder(path);
        var sections = Tables.Select(t => $"## {t.Title}\n\n{t.Render(folder).TrimEnd()}\n\n{notes.HowToRun(t.Name)}\n");
        var page = Path.Join(folder.Path, Page);
        FileGuard.Run("write", page, () =>
        {
            Directory.CreateDirectory(folder.Path);
            AtomicFile.WriteAllText(page, $"{Head}\n{notes.Introduction.TrimEnd()}\n\n{string.Join('\n', sections)}");
        });
        return page;
    }

    private static ReproducedTable Table(string name) => Tables.First(t => t.Name == name);

    private const string Head =
        """
        # The paper's tables, run here

        Generated from the records beside this page: each run's folder has its settings, metrics, learning curve and
        result with command, commit, machine and date. Rows marked "paper" are those of Grover et al., ICLR 2019, after 200 epochs
        (about 137,000 steps). Ours are named by the minutes of one processor core that a cell was to have for training with its validations
        (its budget); the last column has the steps of each cell and, in parentheses, the minutes they took. The number of steps is fixed before a run
        begins, from the time of a few: those of all cells that one command begins in a column are timed in turn. A rented machine is faster on one day
        than on another, so compare steps as well as minutes. Each cell is one run from one seed.

        Some records are older. Those of Tables 1 and 2 with other than 500 validation sequences, and those of Table 3 and of Table 5 at k = 9, had
        their steps timed one after another or given by hand, so that steps and minutes differ more; the former chose weights by whole orders on 200
        sequences.
        """;
}

/// <summary>What a page of tables says of how it came about and how to go on, in the words of whoever makes it.</summary>
/// <param name="Introduction">Stands before the tables; Markdown.</param>
/// <param name="HowToRun">How a table, by its name, is run; Markdown.</param>
public sealed record PageNotes(string Introduction, Func<string, string> HowToRun);
