using SoftPerm.Paper.Studies;
using SoftPerm.Paper.Tables;
using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Paper.Tests.Tasks;
using SoftPerm.TestKit;
using SoftPerm.Training;
using SoftPerm.Training.Runs;
using Xunit;

namespace SoftPerm.Paper.Tests.Tables;

public sealed class PaperReproductionTests : IDisposable
{
    private static readonly SortTable Sorting = new();
    private static readonly QuantileTable Quantiles = new();
    private static readonly NeighbourTable Neighbours = new();
    private static readonly ReproducedTable[] Tables =
    [
        Sorting, Quantiles, Neighbours, new ProjectionTable(Sorting), new NeighbourCountTable(), new GradientVarianceFigure(Sorting), new PredictionFigure(Quantiles),
    ];

    internal static readonly PageNotes Notes = new("How it came about.", name => $"Run {name} so.");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Names => [.. PaperReproduction.Names];

    [Theory, MemberData(nameof(Names))]
    public void Cells_have_folders_and_places_of_their_own_and_valid_settings(string name)
    {
        var table = Tables.Single(t => t.Name == name);
        Assert.Equal(table.Cells.Count, table.Cells.Select(c => c.Name).Distinct().Count());
        Assert.Equal(table.Cells.Count, table.Cells.Select(c => (c.Method, c.Column)).Distinct().Count());
        Assert.Subset(table.Columns.ToHashSet(), table.Cells.Select(c => c.Column).ToHashSet());
        foreach (var cell in table.Cells)
        {
            TrainingConfig? config = cell switch
            {
                TrainedCell<SortConfig, SortFigures> sort => sort.Config,
                TrainedCell<QuantileConfig, QuantileFigures> quantile => quantile.Config,
                TrainedCell<KnnConfig, KnnFigures> knn => knn.Config,
                _ => null,
            };
            Assert.Equal(config is null, cell is BaselineCell);
            config?.Validate();
        }
    }

    [Fact]
    public void Only_shared_rows_of_medians_have_one_network()
    {
        var cells = Quantiles.Cells.Cast<TrainedCell<QuantileConfig, QuantileFigures>>().ToArray();
        Assert.Equal(12, cells.Count(c => c.Config.SharedNetwork));
        Assert.All(cells, c => Assert.Equal(c.Config.Method + (c.Config.SharedNetwork ? "-shared" : ""), c.Method));
    }

    [Fact]
    public void Baselines_are_run_once_for_all_minutes()
    {
        var all = new ReproductionFolder(folder.Path);
        foreach (var cell in Neighbours.Cells) Assert.Equal(cell is BaselineCell, all.Of(Neighbours.Name, 10, cell) == all.Of(Neighbours.Name, 30, cell));
    }

    [Theory, MemberData(nameof(Names))]
    public void Mistakes_are_named_with_what_is_allowed_and_leave_no_run_behind(string name)
    {
        var (methods, columns, setting) = PaperReproduction.Cells(name);
        var usual = new ReproductionOptions(10, [methods[0]], [columns[0]], folder.At("nowhere"));
        Refuses(usual with { Minutes = 0 }, "'Minutes' is 0; allowed: 1e-9 to 100000.");
        Refuses(usual with { Minutes = double.NaN }, "'Minutes' is NaN");
        Refuses(usual with { Methods = ["bogosort"] }, $"'Methods' has 'bogosort'; allowed: {string.Join(", ", methods)}.");
        Refuses(usual with { Columns = ["4"] }, $"'{setting}' has '4'; allowed: {string.Join(", ", columns)}.");
        Refuses(usual, "'DataDirectory' names a folder that holds data sets");

        void Refuses(ReproductionOptions options, string expected)
        {
            var error = Assert.Throws<UserErrorException>(() => PaperReproduction.Run(name, options, folder.At("out"), Notes, new Watcher(), TestContext.Current.CancellationToken));
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            Assert.False(Directory.EnumerateFiles(folder.Path, "config.json", SearchOption.AllDirectories).Any());
        }
    }

    [Fact]
    public void A_page_without_runs_shows_the_papers_rows()
    {
        var page = Page();
        foreach (var name in PaperReproduction.Names)
        {
            Assert.Contains($"## {PaperReproduction.Title(name)}\n", page, StringComparison.Ordinal);
            Assert.Contains($"Run {name} so.\n", page, StringComparison.Ordinal);
        }

        Assert.Equal(["paper", "deterministic", ".930 (.951)", ".837 (.927)", ".738 (.909)", ".649 (.896)", ".386 (.857)", ""], Row(page, Sorting, "paper", "deterministic"));
        Assert.Equal(["paper", "pixels", "97.2", "85.8", ""], Row(page, Neighbours, "paper", "pixels"));
        Assert.Equal(3, page.Split("(no run yet)").Length - 1);
    }

    [Fact]
    public void Rows_are_those_of_the_records_and_rendering_again_changes_nothing()
    {
        Record<SortConfig, SortFigures>(Sorting, 10, "deterministic", "3", 1234, new(0.1, 0.95, 0.93, 0.0052, 0.95, 0.93));
        Record<SortConfig, SortFigures>(Sorting, 10, "deterministic", "9", 999, new(0.1, 0.9, 0.5, 0.02, 0.9, 0.5));
        Record<SortConfig, SortFigures>(Sorting, 2.5, "vanilla", "5", 80, new(0.1, 0.5, 0.25, 0.1, 0.8, 0.125));
        Record<QuantileConfig, QuantileFigures>(Quantiles, 10, "stochastic", "9", 1000, new(45.5e4, 0.95, 0.9, 500, 830e4));
        Record<KnnConfig, KnnFigures>(Neighbours, 10, "cnn", "fashion-mnist", 400, new(0.9123, []));
        Record<KnnConfig, KnnFigures>(Neighbours, 10, "stochastic", "mnist", 500, new(0.987, []));
        var page = Page();

        Assert.Equal(["10 min", "deterministic", ".930 (.950)", "", "", ".500 (.900)", "", "1,234 / – / – / 999 / –"], Row(page, Sorting, "10 min", "deterministic"));
        Assert.Equal(["2.5 min", "vanilla", "", ".125 (.800); .250 (.500)", "", "", "", "– / 80 / – / – / –"], Row(page, Sorting, "2.5 min", "vanilla"));
        Assert.Equal(["10 min", "stochastic", "", "45.50 (.950; .900)", "", "– / 1,000 / –"], Row(page, Quantiles, "10 min", "stochastic"));
        Assert.Contains("errs on our test sets by: 830.00 at n = 9.", page, StringComparison.Ordinal);
        Assert.Equal(["10 min", "cnn", "", "91.23", "– / 400"], Row(page, Neighbours, "10 min", "cnn"));
        Assert.Equal(["10 min", "deterministic", ".0052", "", "", ".0200", "", "1,234 / – / – / 999 / –"], Row(page, Tables[3], "10 min", "deterministic"));
        Assert.Equal(["10 min", "stochastic", "", "", "", "98.70", "– / – / – / 500"], Row(page, Tables[4], "10 min", "stochastic"));
        Assert.Contains($"\nRun: n = 5 (2.5 min), n = 3 (10 min), n = 9 (10 min) on {RunEnvironment.Capture().Machine}.\n", page, StringComparison.Ordinal);
        Assert.Contains("<img src=\"table2/10-minutes/stochastic-9/predictions.png\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain(page.Split('\n'), line => line.StartsWith("| 10 min", StringComparison.Ordinal) && line.Contains("sinkhorn", StringComparison.Ordinal));

        var bytes = File.ReadAllBytes(folder.At("README.md"));
        PaperReproduction.Render(folder.Path, Notes);
        Assert.Equal(bytes, File.ReadAllBytes(folder.At("README.md")));
    }

    [Fact]
    public void A_baseline_that_has_its_row_is_shown_and_not_measured_again()
    {
        var cell = Neighbours.Cells.OfType<BaselineCell>().First();
        var config = new NeighbourStudyConfig { Datasets = [cell.Column], Features = [cell.Method], Threads = 1 };
        var path = new ReproductionFolder(folder.Path).Of(Neighbours.Name, 10, cell);
        Assert.Null(cell.Row(path));
        new StudyFolder<NeighbourStudyConfig, NeighbourRow>(path, config).Append(new NeighbourRow(
            config.Cells().Single(), 60_000, 10_000, 1, 2, [new(1, NeighbourWeighting.Uniform, 0.969), new(3, NeighbourWeighting.Distance, 0.972)]));
        var record = File.ReadAllBytes(Path.Join(path, "result.json"));
        var options = new ReproductionOptions(10, null, null, folder.At("nowhere")); // no data to measure it on
        Assert.True(cell.Complete(path, options, new Watcher(), TestContext.Current.CancellationToken));
        Assert.Equal(record, File.ReadAllBytes(Path.Join(path, "result.json")));
        Assert.Equal(["here", "pixels", "97.20 (k = 3, distance)", "", ""], Row(Page(), Neighbours, "here", "pixels"));
    }

    [Fact]
    public void A_record_without_its_weights_is_left_out_of_the_figure_of_gradients_and_said()
    {
        Record<SortConfig, SortFigures>(Sorting, 10, "stochastic", "3", 1234, new(0.1, 0.95, 0.93, 0.0052, 0.95, 0.93));
        List<string> lines = [];
        var options = new ReproductionOptions(10, null, ["3"], folder.At("nowhere"));
        Assert.True(PaperReproduction.Run("figure7", options, folder.Path, Notes, Lines(lines), TestContext.Current.CancellationToken));
        Assert.Contains(lines, line => line.StartsWith("stochastic-3:", StringComparison.Ordinal) && line.EndsWith("no weights any more; not measured", StringComparison.Ordinal));
        Assert.False(File.Exists(folder.At("figure7", "log-variance.json")));
    }

    [Fact]
    public void Minutes_of_a_table_are_found_in_ascending_order()
    {
        var reproduction = new ReproductionFolder(folder.Path);
        Assert.Empty(reproduction.Budgets("table1"));
        foreach (var name in new[] { "10-minutes", "2.5-minutes", "30-minutes", "some-minutes", "notes" }) Directory.CreateDirectory(folder.At("table1", name));
        Assert.Equal([2.5, 10, 30], reproduction.Budgets("table1"));
    }

    /// <summary>Leaves what a finished run leaves for the page.</summary>
    private void Record<TConfig, TTest>(ReproducedTable table, double minutes, string method, string column, long steps, TTest test)
        where TConfig : PaperConfig, new()
    {
        var cell = table.Cells.OfType<TrainedCell<TConfig, TTest>>().Single(c => c.Method == method && c.Column == column);
        var run = RunFolder.Create(new ReproductionFolder(folder.Path).Of(table.RunsOf, minutes, cell));
        run.WriteConfig(cell.Config);
        run.WriteResult(new TrainingResult<TConfig, TTest>(
            cell.Config, RunEnvironment.Capture(), new Dictionary<string, string>(), steps, 25 * steps, 60 * minutes, new Dictionary<string, double>(), test));
    }

    /// <summary>Keeps the notes of a reproduction.</summary>
    internal static ImmediateProgress<TrainingProgress> Lines(List<string> lines) => new(told =>
    {
        if (told is NoteProgress note) lines.Add(note.Text);
    });

    private string Page() => File.ReadAllText(PaperReproduction.Render(folder.Path, Notes));

    /// <summary>The cells of a row of a table on the page, by its first two.</summary>
    private static string[] Row(string page, ReproducedTable table, string run, string method)
    {
        var section = page.Split("\n## ").Single(part => part.StartsWith(table.Title, StringComparison.Ordinal));
        var rows = section.Split('\n').Where(line => line.StartsWith('|')).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries));
        return rows.Single(cells => cells[0] == run && cells[1] == method);
    }
}
