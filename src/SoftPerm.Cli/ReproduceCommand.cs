using System.CommandLine;
using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Tables;
using SoftPerm.Training;

namespace SoftPerm.Cli;

/// <summary><c>softperm reproduce TABLE</c>: runs the paper's tables and figures, and writes the page that shows them.</summary>
internal sealed class ReproduceCommand : Command
{
    private const string UsualFolder = "reproduction";

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
        Description = $"The folder of runs and page; cells that have a result there are not run again. Default: {UsualFolder}.",
        HelpName = "DIR",
    };

    private static string Folder(ParseResult parsed, Option<string> option) => parsed.GetValue(option) ?? UsualFolder;

    /// <summary>What the page says of the commands that made it.</summary>
    private static PageNotes Notes(string folder) => new(
        """
        The cells are run by `softperm reproduce`, a trained one with the options that its configuration names, `--minutes` for the budget.

        In full, on a GPU: build with `-p:LibTorch=TorchSharp-cuda-linux` (or `-windows`), and train what a cell trains for about 200 epochs, as the paper,
        `softperm train sort --dataset mnist --items 5 --train-items 5 --sequences 20 --steps 137000 --learning-rate 1e-4 --schedule constant
        --device cuda:0`, likewise `train quantile`, and `train knn --network resnet18 --dataset cifar-10 --augment true --steps 90000 --learning-rate 1e-3
        --schedule constant --device cuda:0`. Networks compute on the GPU, relaxations and data stay on the CPU. No GPU was there to run it on.
        """,
        table => $"Run it: `softperm reproduce {table} --out {folder}`");

    private sealed class TableCommand : Command
    {
        private static readonly ReproductionOptions Usual = new(10, null, null, null);

        private readonly Setting<ReproductionOptions>[] settings;
        private readonly Option<string> folderOption = FolderOption();

        public TableCommand(string name) : base(name, PaperReproduction.Title(name))
        {
            var (methods, columns, columnSetting) = PaperReproduction.Cells(name);
            var columnOption = Words.Option(columnSetting);
            settings =
            [
                Setting<ReproductionOptions>.Of<double>("--minutes", "Processor minutes of one core for the training of a cell.", o => o.Minutes, (o, v) => o with { Minutes = v }),
                ListSetting.Of<ReproductionOptions, string>("--methods", $"Only these: {string.Join(", ", methods)}.", o => o.Methods, (o, v) => o with { Methods = v }).Offering(methods),
                ListSetting.Of<ReproductionOptions, string>(columnOption, $"Only these: {string.Join(", ", columns)}.", o => o.Columns, (o, v) => o with { Columns = v }).Offering(columns),
                DataSetting.Of<ReproductionOptions>((o, v) => o with { DataDirectory = v }),
            ];
            foreach (var setting in settings)
            {
                setting.Describe(Usual, Usual);
                Add(setting.Option);
            }

            Add(folderOption);
            this.WithExamples(
                $"softperm reproduce {name}",
                $"softperm reproduce {name} --minutes 30 --methods {methods[0]} {columnOption} {columns[0]} --out reproduction");
            SetAction(Run);
        }

        private int Run(ParseResult parsed)
        {
            var output = parsed.InvocationConfiguration.Output;
            var options = settings.Aggregate(Usual, (o, s) => s.Apply(parsed, o));
            if (options.DataDirectory is { } data) DataFolders.Check(data, PublishedDataset.Mnist);
            if (settings[0].IsGiven(parsed) && !PaperReproduction.UsesMinutes(Name, options))
                throw new UserErrorException($"{settings[0].Option.Name} would not be used: none of these cells is trained for a time; leave it out, or choose other --methods.");
            var folder = Folder(parsed, folderOption);
            using var interruption = new Interruption();
            bool isComplete;
            using (var progress = ProgressDisplay.Create())
                isComplete = PaperReproduction.Run(Name, options, folder, Notes(folder), progress, interruption.Token);
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
                parsed.InvocationConfiguration.Output.WriteLine($"Page: {PaperReproduction.Render(Folder(parsed, folderOption), Notes(Folder(parsed, folderOption)))}");
                return 0;
            });
        }
    }
}
