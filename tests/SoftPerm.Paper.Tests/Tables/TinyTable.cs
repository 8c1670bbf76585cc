using SoftPerm.Paper.Tables;
using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Training;

namespace SoftPerm.Paper.Tests.Tables;

/// <summary>A table of two cells of the smallest runs, on generated digits.</summary>
/// <param name="learningRate">The learning rate of the first cell.</param>
internal sealed class TinyTable(double learningRate = 1e-4) : ReproducedTable
{
    /// <summary>So little time that a run has the fewest steps, whatever the machine: eight.</summary>
    public static ReproductionOptions Options { get; } = new(1e-6, null, null, null);

    public override string Name => "tiny";

    public override string Title => "Tiny";

    public override IReadOnlyList<string> Columns => ["3"];

    public override IReadOnlyList<ReproducedCell> Cells { get; } = [Cell(OrderObjectives.Stochastic, learningRate), Cell(OrderObjectives.Deterministic, 1e-4)];

    /// <summary>How often all cells were found to have a result.</summary>
    public int Finished { get; private set; }

    public override void Finish(ReproductionFolder folder, ReproductionOptions options, IProgress<TrainingProgress>? progress, CancellationToken cancellationToken) => Finished++;

    public override string Render(ReproductionFolder folder) => "";

    private static TrainedCell<SortConfig, SortFigures> Cell(string method, double learningRate) => new(method, "3", new SortConfig
    {
        Digits = 1,
        Items = 3,
        TrainItems = 3,
        Sequences = 2,
        Method = method,
        LearningRate = learningRate,
        Network = "small",
        ValidationSequences = 4,
        TestSequences = 20,
        Threads = 1,
    }, PaperTasks.Sort);
}
