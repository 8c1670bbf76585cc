using System.CommandLine;
using System.Globalization;
using SoftPerm.Paper;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Training;
using SoftPerm.Training.Runs;

namespace SoftPerm.Cli;

/// <summary><c>softperm eval RUN</c>: tests a run's best weights at any sequence length.</summary>
internal sealed class EvalCommand : Command
{
    private readonly Argument<string> runArgument = new("RUN") { Description = "The run folder." };

    private readonly Option<string> itemsOption = new("--items")
    {
        Description = "Items of a test sequence; several lengths with commas. Default: those of the run.",
        HelpName = "N[,N…]",
    };

    private readonly Option<int?> sequencesOption = new("--sequences") { Description = "Test sequences of each length. Default: those of the run.", CustomParser = result => Setting<EvalCommand>.Parse<int>(result) };

    private readonly Option<string> dataOption = DataSetting.Option("where the run had it");

    /// <summary>Builds the command.</summary>
    public EvalCommand() : base("eval", "Test a trained run on sequences of digits it never saw, and record the figures in its folder.")
    {
        Add(runArgument);
        Add(itemsOption);
        Add(sequencesOption);
        Add(dataOption);
        SetAction(Run);
        this.WithExamples(
            "softperm eval runs/my-run",
            "softperm eval runs/my-run --items 3,5,7,9,15");
    }

    private int Run(ParseResult parsed)
    {
        var output = parsed.InvocationConfiguration.Output;
        if (RunFolder.Open(parsed.GetValue(runArgument)!).Task is var task and not "sort")
            throw new UserErrorException($"{parsed.GetValue(runArgument)} is a run of {task}: its test is in its result.json. eval tests runs of sort.");
        using var interruption = new Interruption();
        using var sorter = TrainedSorter.Open(parsed.GetValue(runArgument)!);
        var data = sorter.OpenData(DataSetting.Given(parsed, dataOption));
        var sequences = parsed.GetValue(sequencesOption) ?? sorter.Config.TestSequences;
        if (sequences < 1) throw new UserErrorException($"--sequences is {sequences}; allowed: at least 1.");
        var lengths = Lengths(parsed.GetValue(itemsOption)) ?? [sorter.Config.Items];
        var figures = new List<SortFigure>();
        output.WriteLine("items  whole permutations   ranks");
        foreach (var items in lengths)
        {
            var outcome = sorter.Evaluate(data.Test, items, sequences, interruption.Token);
            figures.Add(new SortFigure(items, sequences, outcome));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{items,5}  {outcome.PermutationAccuracy,18:f4}  {outcome.RankAccuracy,6:f4}"));
        }

        sorter.Run.WriteEvaluation(new SortEvaluationRecord(RunEnvironment.Capture(), data.Checksums, figures));
        return 0;
    }

    private static int[]? Lengths(string? text) => text?.Split(',').Select(part =>
        int.TryParse(part, CultureInfo.InvariantCulture, out var items) && items is >= 2 and <= 10_000
            ? items
            : throw new UserErrorException($"--items has '{part}'; allowed: whole numbers from 2 to 10000, with commas between them.")).ToArray();
}
