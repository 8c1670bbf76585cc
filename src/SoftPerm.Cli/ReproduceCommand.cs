using System.CommandLine;
using SoftPerm.Experiments.Reproduction;
using SoftPerm.Experiments.Runs;

namespace SoftPerm.Cli;

/// <summary><c>softperm reproduce TABLE</c>: runs the paper's tables and figures, and writes the page that shows them.</summary>
internal sealed class ReproduceCommand : Command
{
    /// <summary>Builds the command.</summary>
    public ReproduceCommand() : base("reproduce", "Run the paper's tables and figures, and put them on a page beside the paper's.")
    {
        foreach (var name in PaperReproduction.Names) Add(new TableCommand(name));
        Add(new PageCommand());
        this.WithExamples(
            "softperm reproduce table1 --minutes 10 --methods deterministic,sinkhorn --items 3,5",
            "softperm reproduce table2 --minutes 30 --out reproduction",
            "softperm reproduce page --out reproduction");
    }

    private static Option<string> FolderOption() => new("--out")
    {
        Description = "The folder of runs and page; cells that have a result there are not run again.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "reproduction",
    };

    private sealed class TableCommand : Command
    {
        private readonly Setting<ReproductionOptions>[] settings;
        private readonly Option<string> folderOption = FolderOption();

        public TableCommand(string name) : base(name, PaperReproduction.Title(name))
        {
            var (methods, columns, columnOption) = PaperReproduction.Cells(name);
            settings =
            [
                Setting<ReproductionOptions>.Of<double>("--minutes", "Processor minutes of one core for the training of a cell. Default: 10.", (o, v) => o with { Minutes = v }),
                ListSetting.Of<ReproductionOptions, string>("--methods", $"Only these: {string.Join(", ", methods)}.", (o, v) => o with { Methods = v }),
                ListSetting.Of<ReproductionOptions, string>(columnOption, $"Only these: {string.Join(", ", columns)}.", (o, v) => o with { Columns = v }),
                DataSetting.Of<ReproductionOptions>((o, v) => o with { DataDirectory = v }),
            ];
            foreach (var setting in settings) Add(setting.Option);
            Add(folderOption);
            this.WithExamples(
                $"softperm reproduce {name}",
                $"softperm reproduce {name} --minutes 30 --methods {methods[0]} {columnOption} {columns[0]} --out reproduction");
            SetAction(Run);
        }

        private int Run(ParseResult parsed)
        {
            var output = parsed.InvocationConfiguration.Output;
            var options = settings.Aggregate(new ReproductionOptions(10, null, null, null), (o, s) => s.Apply(parsed, o));
            var folder = parsed.GetValue(folderOption)!;
            using var interruption = new Interruption();
            var isComplete = PaperReproduction.Run(Name, options, folder, TrainingProgress.Create, output.WriteLine, interruption.Token);
            output.WriteLine(isComplete ? $"Page: {Path.Join(folder, "README.md")}" : "Stopped. The same command goes on from here.");
            return isComplete ? 0 : CommandLine.Interrupted;
        }
    }

    private sealed class PageCommand : Command
    {
        private readonly Option<string> folderOption = FolderOption();

        public PageCommand() : base("page", "Write the page from the records there are, and run nothing.")
        {
            Add(folderOption);
            this.WithExamples("softperm reproduce page --out reproduction");
            SetAction(parsed =>
            {
                parsed.InvocationConfiguration.Output.WriteLine($"Page: {PaperReproduction.Render(parsed.GetValue(folderOption)!)}");
                return 0;
            });
        }
    }
}
