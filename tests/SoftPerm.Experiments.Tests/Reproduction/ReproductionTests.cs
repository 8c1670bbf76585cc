using SoftPerm.Experiments.Reproduction;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Tasks.Sorting;
using SoftPerm.Experiments.Tests.Training;
using SoftPerm.Experiments.Training;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Experiments.Tests.Reproduction;

public sealed class ReproductionTests : IDisposable
{
    private static readonly ReproductionOptions Options = new(0.01, null, null, null);

    private static readonly TrainedCell<SortConfig, SortFigures> Cell = new("deterministic", "3", new SortConfig
    {
        Digits = 1,
        Items = 3,
        TrainItems = 3,
        Sequences = 4,
        Network = "small",
        ValidationSequences = 10,
        TestSequences = 10,
        Threads = 1,
    });

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_cell_with_a_result_is_not_run_again()
    {
        Assert.True(Complete("cell"));
        var record = File.ReadAllText(folder.At("cell", "result.json"));
        var written = File.GetLastWriteTimeUtc(folder.At("cell", "metrics.csv"));
        Assert.True(Cell.Prepare(folder.At("cell"), Options, Assert.Fail, CancellationToken.None));
        Assert.True(Cell.Complete(folder.At("cell"), Options, new Watcher(-1, () => { }, () => Assert.Fail("it trains or tests again")), CancellationToken.None));
        Assert.Equal(record, File.ReadAllText(folder.At("cell", "result.json")));
        Assert.Equal(written, File.GetLastWriteTimeUtc(folder.At("cell", "metrics.csv")));
    }

    [Fact]
    public void A_stopped_cell_goes_on_from_where_it_was_and_has_the_steps_it_began_with()
    {
        using var stop = new CancellationTokenSource();
        var stopper = new StopsAfterSteps(stop, 5);
        Prepare("cell");
        Assert.False(Cell.Complete(folder.At("cell"), Options, stopper, stop.Token));
        var run = RunFolder.Open(folder.At("cell"));
        var config = run.ReadConfig<SortConfig>();
        Assert.True(config.Steps > 5, $"{config.Steps} steps are over before the stop");
        Assert.Null(run.ReadResult<TrainingResult<SortConfig, SortFigures>>());
        Assert.True(Complete("cell"));
        var result = run.ReadResult<TrainingResult<SortConfig, SortFigures>>()!;
        Assert.Equal(config.Steps, result.Steps);
        // As if it had never stopped:
        var whole = TrainingRun.Start<SortConfig, SortFigures>(config, folder.At("whole"), Watcher.Idle, CancellationToken.None)!;
        Assert.Equal(whole.Test, result.Test);
        Assert.Equal(File.ReadAllText(folder.At("whole", "metrics.csv")), File.ReadAllText(folder.At("cell", "metrics.csv")));
    }

    [Fact]
    public void A_stop_while_steps_are_measured_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.False(Cell.Prepare(folder.At("cell"), Options, _ => { }, stop.Token));
        Assert.False(Directory.Exists(folder.At("cell")));
    }

    [Theory]
    [InlineData(0, 8, 1), InlineData(7, 8, 1), InlineData(83, 80, 10), InlineData(100, 80, 10), InlineData(6247, 6240, 780), InlineData(1_000_000, 1_000_000, 125_000)]
    public void Steps_are_a_whole_number_of_validations(long measured, long steps, long validateEvery) =>
        Assert.Equal(new StepBudget(steps, validateEvery), StepBudget.Of(measured));

    [Fact]
    public void A_budget_s_settings_are_valid()
    {
        var config = StepBudget.Of(6247).ApplyTo(Cell.Config);
        config.Validate();
        Assert.Equal((6240, 780, 78), (config.Steps, config.ValidateEvery, config.LogEvery));
    }

    [Fact]
    public void The_page_shows_each_record_beside_the_paper_s()
    {
        var table = new SortTable();
        var cell = (TrainedCell<SortConfig, SortFigures>)table.Cells.Single(c => c is { Method: "vanilla", Column: "5" });
        var run = RunFolder.Create(new ReproductionFolder(folder.Path).Of("table1", 10, cell));
        run.WriteConfig(cell.Config);
        run.WriteResult(new TrainingResult<SortConfig, SortFigures>(
            cell.Config, RunEnvironment.Capture(), new Dictionary<string, string>(), 4321, 0, 0, new Dictionary<string, double>(),
            new SortFigures(1, 0.75, 0.5, 0.01, 0.7, 0.25), 600));
        var page = File.ReadAllText(PaperReproduction.Render(folder.Path));
        var row = Assert.Single(page.Split('\n'), line => line.StartsWith("| 10 min | vanilla", StringComparison.Ordinal));
        Assert.Contains(".250 (.700); .500 (.750)", row, StringComparison.Ordinal);
        Assert.Contains("4,321", row, StringComparison.Ordinal);
        Assert.Contains(".093 (.603)", page, StringComparison.Ordinal);
        Assert.Equal(page, File.ReadAllText(PaperReproduction.Render(folder.Path)));
        foreach (var name in PaperReproduction.Names) Assert.Contains($"softperm reproduce {name}", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_name_the_value_and_what_is_allowed()
    {
        Refuses("table1", Options with { Minutes = 0 }, "--minutes is 0", "above 0");
        Refuses("table1", Options with { Methods = ["neuralsort"] }, "'neuralsort'", "deterministic");
        Refuses("table1", Options with { Columns = ["4"] }, "--items has '4'", "3, 5, 7, 9, 15");
        Refuses("table3", Options with { Columns = ["emnist"] }, "--datasets has 'emnist'", "fashion-mnist");
        Refuses("table5", Options with { Columns = ["2"] }, "--k has '2'", "1, 3, 5, 9");

        void Refuses(string table, ReproductionOptions options, string value, string allowed)
        {
            var error = Assert.Throws<UserErrorException>(() =>
                PaperReproduction.Run(table, options, folder.Path, () => Watcher.Idle, _ => { }, CancellationToken.None));
            Assert.Contains(value, error.Message, StringComparison.Ordinal);
            Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
        }
    }

    private void Prepare(string name) => Assert.True(Cell.Prepare(folder.At(name), Options, _ => { }, CancellationToken.None));

    private bool Complete(string name)
    {
        Prepare(name);
        return Cell.Complete(folder.At(name), Options, Watcher.Idle, CancellationToken.None);
    }

    private sealed class StopsAfterSteps(CancellationTokenSource stop, long steps) : ITrainingProgress
    {
        public void Report(ProgressSnapshot snapshot)
        {
            if (snapshot.Step >= steps) stop.Cancel();
        }

        public void Message(string line)
        {
        }

        public void Dispose()
        {
        }
    }
}
