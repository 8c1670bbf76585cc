using SoftPerm.Paper.Tables;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Paper.Tests.Tasks;
using SoftPerm.TestKit;
using SoftPerm.Training;
using SoftPerm.Training.Runs;
using Xunit;

namespace SoftPerm.Paper.Tests.Tables;

public sealed class ResumedReproductionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly TinyTable table = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_resumed_reproduction_neither_repeats_nor_loses_a_cell()
    {
        Assert.Equal((true, "12345678|12345678"), Reproduce("whole"));

        using var stop = new CancellationTokenSource();
        Assert.Equal((false, "12345678|123"), Reproduce("parts", new Watcher(), new Watcher(3, stop.Cancel), stop));
        var (first, second) = (RunOf("parts", 0), RunOf("parts", 1));
        var done = Text(first, "result.json");
        Assert.Null(Result(second));
        Assert.Equal(1, table.Finished); // of the whole one

        Assert.Equal((true, "|45678"), Reproduce("parts"));
        Assert.Equal(done, Text(first, "result.json"));
        Assert.Equal(2, table.Finished);
        for (var cell = 0; cell < table.Cells.Count; cell++)
        {
            var (whole, parts) = (RunOf("whole", cell), RunOf("parts", cell));
            Assert.Equal(Text(whole, "metrics.csv"), Text(parts, "metrics.csv"));
            var (expected, found) = (Result(whole)!, Result(parts)!);
            Assert.Equal((expected.Config, expected.Steps, expected.ImagesTrained, expected.Test), (found.Config, found.Steps, found.ImagesTrained, found.Test));
            Assert.Equal(expected.Validation, found.Validation);
        }

        var results = table.Cells.Select((_, cell) => Text(RunOf("parts", cell), "result.json")).ToArray();
        Assert.Equal((true, "|"), Reproduce("parts"));
        Assert.Equal(results, table.Cells.Select((_, cell) => Text(RunOf("parts", cell), "result.json")));
    }

    [Fact]
    public void A_cell_stopped_while_its_time_is_measured_leaves_no_run()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Equal((false, ""), Reproduce("run", new Watcher(), new Watcher(), stop));
        Assert.False(RunFolder.Exists(Folder("run", 0)));
        Assert.Equal((true, "12345678|12345678"), Reproduce("run"));
    }

    [Fact]
    public void The_steps_of_all_cells_are_settled_before_the_first_is_run()
    {
        using var stop = new CancellationTokenSource();
        Assert.Equal((false, "1"), Reproduce("run", new Watcher(1, stop.Cancel), new Watcher(), stop));
        Assert.Equal(8, RunOf("run", 1).ReadConfig<SortConfig>().Steps);
    }

    [Fact]
    public void A_cell_that_diverges_does_not_keep_the_others_from_their_results()
    {
        var diverging = new TinyTable(learningRate: 1e30);
        var reports = new List<string>();
        var error = Assert.Throws<UserErrorException>(() => PaperReproduction.Run(
            diverging, TinyTable.Options, folder.At("run"), PaperReproductionTests.Notes, PaperReproductionTests.Lines(reports), TestContext.Current.CancellationToken));
        Assert.Equal("Training of stochastic-3 diverged; all other cells asked for have results.", error.Message);
        Assert.Contains(reports, line => line.StartsWith("stochastic-3: Training diverged", StringComparison.Ordinal));
        Assert.NotNull(Result(RunOf("run", 1)));
    }

    [Fact]
    public void Only_the_cells_asked_for_are_run()
    {
        var reports = new List<string>();
        var options = TinyTable.Options with { Methods = [table.Cells[1].Method] };
        Assert.True(PaperReproduction.Run(table, options, folder.At("run"), PaperReproductionTests.Notes, PaperReproductionTests.Lines(reports), TestContext.Current.CancellationToken));
        Assert.Single(reports, line => line.StartsWith('['));
        Assert.StartsWith("deterministic-3: 8 steps", reports[0], StringComparison.Ordinal);
        Assert.Contains("[1/1] tiny deterministic-3", reports);
        Assert.False(RunFolder.Exists(Folder("run", 0)));
        Assert.NotNull(Result(RunOf("run", 1)));
    }

    private (bool Complete, string Steps) Reproduce(string name) => Reproduce(name, new Watcher(), new Watcher(), new CancellationTokenSource());

    /// <returns>Whether all cells have a result, and the steps that each was shown to make.</returns>
    private (bool Complete, string Steps) Reproduce(string name, Watcher first, Watcher second, CancellationTokenSource stop)
    {
        var begun = new List<Watcher>();
        var waiting = new Queue<Watcher>([first, second]);
        var cells = new ImmediateProgress<TrainingProgress>(told =>
        {
            if (told is NoteProgress { Text: ['[', ..] }) begun.Add(waiting.Dequeue()); // [1/2]: another cell
            else if (begun.Count > 0) begun[^1].Report(told);
        });
        var complete = PaperReproduction.Run(table, TinyTable.Options, folder.At(name), PaperReproductionTests.Notes, cells, stop.Token);
        return (complete, string.Join('|', begun.Select(watcher => string.Concat(watcher.Steps))));
    }

    private string Folder(string name, int cell) => new ReproductionFolder(folder.At(name)).Of(table.Name, TinyTable.Options.Minutes, table.Cells[cell]);

    private RunFolder RunOf(string name, int cell) => RunFolder.Open(Folder(name, cell));

    private static TrainingResult<SortConfig, SortFigures>? Result(RunFolder run) => run.ReadResult<TrainingResult<SortConfig, SortFigures>>();

    private static string Text(RunFolder run, string file) => File.ReadAllText(Path.Join(run.Path, file));
}
