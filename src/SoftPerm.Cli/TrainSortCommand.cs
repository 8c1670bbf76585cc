using System.CommandLine;
using System.Globalization;
using SoftPerm.Experiments;
using SoftPerm.Experiments.Runs;
using SoftPerm.Experiments.Tasks;

namespace SoftPerm.Cli;

/// <summary><c>softperm train sort</c>: trains a network to sort images by a number it never sees.</summary>
internal sealed class TrainSortCommand : Command
{
    /// <summary>Learns in a minute or two from embedded digits: long training sequences, tested at five items.</summary>
    public static SortConfig Quick { get; } = new()
    {
        Dataset = "generated",
        Digits = 2,
        Items = 5,
        TrainItems = 50,
        Sequences = 2,
        Steps = 1200,
        Network = "small",
        LearningRate = 2e-3,
        ValidateEvery = 250,
        ValidationSequences = 200,
        TestSequences = 2000,
    };

    private readonly Option<bool> quickOption = new("--quick")
    {
        Description = "Embedded digits, two to an image, and a small network: learns in a minute or two. Other options still apply.",
    };

    private readonly Option<string> folderOption = new("--out")
    {
        Description = "The run folder to make. Default: runs/sort-DATASET-METHOD-DATE.",
        HelpName = "DIR",
    };

    private readonly Option<string> resumeOption = new("--resume")
    {
        Description = "Take up the run in this folder where it stopped; takes no other option.",
        HelpName = "RUN",
    };

    private readonly Setting<SortConfig>[] settings =
    [
        Setting<SortConfig>.Of<string>("--dataset", "Where the digits come from: generated, mnist or fashion-mnist.", (c, v) => c with { Dataset = v }),
        Setting<SortConfig>.Of<string>("--data", "The folder that holds data sets. Default: SOFTPERM_DATA, then the user's cache.", (c, v) => c with { DataDirectory = FullPath(v) }),
        Setting<SortConfig>.Of<int>("--digits", "Digits side by side in one image.", (c, v) => c with { Digits = v }),
        Setting<SortConfig>.Of<int>("--items", "Items of a sequence in validation and test, and in training unless --train-items says otherwise.", (c, v) => c with { Items = v, TrainItems = c.TrainItems == c.Items ? v : c.TrainItems }),
        Setting<SortConfig>.Of<int>("--train-items", "Items of a training sequence: long ones teach far more per image.", (c, v) => c with { TrainItems = v }),
        Setting<SortConfig>.Of<int>("--sequences", "Training sequences a step.", (c, v) => c with { Sequences = v }),
        Setting<SortConfig>.Of<long>("--steps", "Training steps.", (c, v) => c with { Steps = v }),
        Setting<SortConfig>.Of<string>("--network", "paper, small (a quarter of its cost), or digits (as small, and it reads one digit like another).", (c, v) => c with { Network = v }),
        Setting<SortConfig>.Of<string>("--method", "deterministic or stochastic NeuralSort.", (c, v) => c with { Method = v }),
        Setting<SortConfig>.Of<int>("--samples", "Samples a step of the stochastic method.", (c, v) => c with { Samples = v }),
        Setting<SortConfig>.Of<double>("--learning-rate", "Adam's highest learning rate.", (c, v) => c with { LearningRate = v }),
        Setting<SortConfig>.Of<string>("--schedule", "Of the learning rate: cosine or constant.", (c, v) => c with { Schedule = v }),
        Setting<SortConfig>.Of<long>("--warm-up", "Steps over which the learning rate first rises.", (c, v) => c with { WarmUp = v }),
        Setting<SortConfig>.Of<double>("--temperature", "The temperature of the relaxation.", (c, v) => c with { Temperature = v, FinalTemperature = v }),
        Setting<SortConfig>.Of<double>("--final-temperature", "Anneal the temperature geometrically to this one.", (c, v) => c with { FinalTemperature = v }),
        Setting<SortConfig>.Of<long>("--log-every", "Steps between two rows of metrics.", (c, v) => c with { LogEvery = v }),
        Setting<SortConfig>.Of<long>("--validate-every", "Steps between two validations, each followed by a checkpoint.", (c, v) => c with { ValidateEvery = v }),
        Setting<SortConfig>.Of<int>("--validation-sequences", "Sequences of a validation.", (c, v) => c with { ValidationSequences = v }),
        Setting<SortConfig>.Of<int>("--patience", "Stop after this many validations without a better one; 0 never.", (c, v) => c with { Patience = v }),
        Setting<SortConfig>.Of<int>("--test-sequences", "Sequences of the final test.", (c, v) => c with { TestSequences = v }),
        Setting<SortConfig>.Of<ulong>("--seed", "The seed of weights, sequences and noise.", (c, v) => c with { Seed = v }),
        Setting<SortConfig>.Of<int>("--threads", "libtorch's threads; 0 leaves the choice to libtorch.", (c, v) => c with { Threads = v }),
    ];

    /// <summary>Builds the command.</summary>
    public TrainSortCommand() : base("sort", "Train a network to sort images by a number it never sees.")
    {
        Add(quickOption);
        foreach (var setting in settings) Add(setting.Option);
        Add(folderOption);
        Add(resumeOption);
        SetAction(Run);
        this.WithExamples(
            "softperm train sort --quick",
            "softperm train sort --dataset mnist --items 5 --digits 4 --steps 5000",
            "softperm train sort --dataset mnist --train-items 100 --sequences 1 --network small --learning-rate 2e-3",
            "softperm train sort --resume runs/my-run");
    }

    private int Run(ParseResult parsed)
    {
        var output = parsed.InvocationConfiguration.Output;
        using var interruption = new Interruption();
        string folder;
        SortResult? result;
        using (var progress = TrainingProgress.Create())
        {
            if (parsed.GetValue(resumeOption) is { } resumed)
            {
                RefuseOthers(parsed);
                folder = resumed;
                result = SortRun.Resume(folder, progress, interruption.Token);
            }
            else
            {
                var config = settings.Aggregate(parsed.GetValue(quickOption) ? Quick : new SortConfig(), (c, s) => s.Apply(parsed, c));
                folder = parsed.GetValue(folderOption) ?? DefaultFolder(config);
                result = SortRun.Start(config, folder, progress, interruption.Token);
            }
        }

        output.WriteLine(result is null ? $"Stopped. Resume with: softperm train sort --resume {folder}" : Summary(result, folder));
        return result is null ? CommandLine.Interrupted : 0;
    }

    private void RefuseOthers(ParseResult parsed)
    {
        var given = settings.Where(s => s.IsGiven(parsed)).Select(s => s.Option.Name);
        if (parsed.GetValue(quickOption)) given = given.Append(quickOption.Name);
        if (parsed.GetValue(folderOption) is not null) given = given.Append(folderOption.Name);
        if (given.FirstOrDefault() is { } name)
            throw new UserErrorException($"{name} cannot change a run that is resumed; its settings are in config.json.");
    }

    private static string FullPath(string folder) =>
        folder.Length > 0 ? Path.GetFullPath(folder) : throw new UserErrorException("--data is empty; name a folder.");

    private static string DefaultFolder(SortConfig config) =>
        Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"sort-{config.Dataset}-{config.Method}-{DateTime.Now:yyyyMMdd-HHmmss}"));

    private static string Summary(SortResult result, string folder) => string.Create(CultureInfo.InvariantCulture,
        $"""
        Test on {result.Config.TestSequences} sequences of {result.Config.Items}: whole permutations {result.Test.PermutationAccuracy:f4}, ranks {result.Test.RankAccuracy:f4}
        Trained {result.Steps} steps on {result.ImagesTrained} images in {result.TrainingSeconds:f0} s.
        Run folder: {folder}
        Next: softperm predict {folder}
        """);
}
