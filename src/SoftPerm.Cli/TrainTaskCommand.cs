using System.CommandLine;
using System.Globalization;
using SoftPerm.Paper;
using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Tasks;
using SoftPerm.Training;

namespace SoftPerm.Cli;

/// <summary><c>softperm train TASK</c>: what the tasks share, starting, resuming and the settings of every training.</summary>
/// <typeparam name="TConfig">The settings of the task.</typeparam>
/// <typeparam name="TTest">What its test gives.</typeparam>
internal abstract class TrainTaskCommand<TConfig, TTest> : Command
    where TConfig : PaperConfig, new()
{
    private readonly PaperTask<TConfig, TTest> task;
    private readonly TConfig usual, quick;
    private readonly Setting<TConfig>[] settings;
    private readonly Option<bool> quickOption;
    private readonly Option<string> folderOption;

    private readonly Option<string> resumeOption = new("--resume")
    {
        Description = "Take up the run in this folder where it stopped; takes no other option. Default: none, begin a new one.",
        HelpName = "RUN",
    };

    /// <param name="task">The task.</param>
    /// <param name="usual">The settings unless others are given.</param>
    /// <param name="quick">The settings of <c>--quick</c>.</param>
    /// <param name="description">What the command does.</param>
    /// <param name="quickDescription">What <c>--quick</c> does.</param>
    /// <param name="ofTask">The settings that only this task has.</param>
    protected TrainTaskCommand(PaperTask<TConfig, TTest> task, TConfig usual, TConfig quick, string description, string quickDescription, Setting<TConfig>[] ofTask)
        : base(usual.Task, description)
    {
        this.task = task;
        this.usual = usual;
        this.quick = quick;
        settings = [.. DataSettings(), .. ofTask, .. TrainingSettings()];
        quickOption = new Option<bool>("--quick") { Description = $"{quickDescription} Default: off." };
        folderOption = new Option<string>("--out")
        {
            Description = $"The run folder to make. Default: runs/{usual.Task}-DATASET-METHOD-DATE.",
            HelpName = "DIR",
        };
        Add(quickOption);
        foreach (var setting in settings)
        {
            setting.Describe(usual, quick);
            Add(setting.Option);
        }

        Add(folderOption);
        Add(resumeOption);
        SetAction(Run);
    }

    /// <summary>The method's name in the default folder's name.</summary>
    protected abstract string MethodOf(TConfig config);

    /// <summary>What a finished run tells.</summary>
    protected abstract string Summary(TrainingResult<TConfig, TTest> result);

    private static Setting<TConfig>[] DataSettings() =>
    [
        Setting<TConfig>.Of<string>("--dataset", "The images: generated, mnist or fashion-mnist; knn also takes cifar-10 and cifar-10-sample.", c => c.Dataset, (c, v) => c with { Dataset = v }).Offering(DatasetCatalog.Names),
        DataSetting.Of<TConfig>((c, v) => c with { DataDirectory = v }),
    ];

    private static Setting<TConfig>[] TrainingSettings() =>
    [
        Setting<TConfig>.Of<long>("--steps", "Training steps.", c => c.Steps, (c, v) => c with { Steps = v }),
        Setting<TConfig>.Of<int>("--samples", "Samples a step of a stochastic method.", c => c.Samples, (c, v) => c with { Samples = v }),
        Setting<TConfig>.Of<double>("--learning-rate", "The optimizer's highest learning rate.", c => c.LearningRate, (c, v) => c with { LearningRate = v }),
        Setting<TConfig>.Of<string>("--schedule", "Of the learning rate: cosine or constant.", c => c.Schedule, (c, v) => c with { Schedule = v }).Offering(LearningRateSchedule.Shapes),
        Setting<TConfig>.Of<long>("--warm-up", "Steps over which the learning rate first rises.", c => c.WarmUp, (c, v) => c with { WarmUp = v }),
        Setting<TConfig>.Of<double>("--temperature", "The temperature of the relaxation.", c => c.Temperature, (c, v) => c with { Temperature = v, FinalTemperature = v }),
        Setting<TConfig>.Described<double>("--final-temperature", "Anneal the temperature geometrically to this one.", _ => "that of --temperature", (c, v) => c with { FinalTemperature = v }),
        Setting<TConfig>.Of<long>("--log-every", "Steps between two rows of metrics.", c => c.LogEvery, (c, v) => c with { LogEvery = v }),
        Setting<TConfig>.Of<long>("--validate-every", "Steps between two validations, each followed by a checkpoint.", c => c.ValidateEvery, (c, v) => c with { ValidateEvery = v }),
        Setting<TConfig>.Of<int>("--patience", "Stop after this many validations without a better one; 0 never.", c => c.Patience, (c, v) => c with { Patience = v }),
        Setting<TConfig>.Of<ulong>("--seed", "The seed of weights, batches and noise.", c => c.Seed, (c, v) => c with { Seed = v }),
        Setting<TConfig>.Of<string>("--device", "Where networks compute: cpu, or cuda:0 and so on with a libtorch for CUDA.", c => c.Device, (c, v) => c with { Device = v }),
        Setting<TConfig>.Of<int>("--threads", "libtorch's threads; 0 leaves the choice to libtorch.", c => c.Threads, (c, v) => c with { Threads = v }),
    ];

    private int Run(ParseResult parsed)
    {
        var output = parsed.InvocationConfiguration.Output;
        using var interruption = new Interruption();
        string folder;
        TrainingResult<TConfig, TTest>? result;
        using (var progress = ProgressDisplay.Create())
        {
            if (parsed.GetValue(resumeOption) is { } resumed)
            {
                RefuseOthers(parsed);
                folder = resumed;
                result = task.Resume(folder, null, progress, interruption.Token);
            }
            else
            {
                var config = settings.Aggregate(parsed.GetValue(quickOption) ? quick : usual, (c, s) => s.Apply(parsed, c));
                if (config.DataDirectory is { } data) DataFolders.Check(data, PublishedDataset.Mnist);
                config.RefuseUnused(settings.Where(s => s.IsGiven(parsed)).Select(s => Words.Setting(s.Option.Name)));
                folder = parsed.GetValue(folderOption) ?? DefaultFolder(config);
                result = task.Start(config, folder, progress, interruption.Token);
            }
        }

        output.WriteLine(result is null ? $"Stopped. Resume with: {ToolInvocation.Line("train", usual.Task, "--resume", folder)}" : Told(result, folder));
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

    private string DefaultFolder(TConfig config) =>
        Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{usual.Task}-{config.Dataset}-{MethodOf(config)}-{DateTime.Now:yyyyMMdd-HHmmss}"));

    private string Told(TrainingResult<TConfig, TTest> result, string folder) => string.Create(CultureInfo.InvariantCulture,
        $"""
        {Summary(result)}
        Trained {result.Steps} steps on {result.ImagesTrained} images in {result.TrainingSeconds:f0} s.
        Run folder: {folder}
        Next: {ToolInvocation.Line("predict", folder)}
        """);
}
