using System.CommandLine;
using System.Globalization;
using SoftPerm.Paper.Studies;

namespace SoftPerm.Cli;

/// <summary><c>softperm study relaxations</c>: what each relaxation learns and costs, on the same work.</summary>
internal sealed class StudyRelaxationsCommand : Command
{
    private const string StudyName = "relaxations", MemoryName = "memory";

    private static readonly Setting<RelaxationStudyConfig>
        Relaxations = ListSetting.Of<RelaxationStudyConfig, string>("--relaxations", "The relaxations, by name.", c => c.Relaxations, (c, v) => c with { Relaxations = v }).Offering(RelaxationCatalog.All.Select(known => known.Name)),
        Items = ListSetting.Of<RelaxationStudyConfig, int>("--items", "Numbers of items in a list.", c => c.Items, (c, v) => c with { Items = v }),
        Steps = Setting<RelaxationStudyConfig>.Of<int>("--steps", "Steps of training a scorer.", c => c.Steps, (c, v) => c with { Steps = v }),
        WorkItems = Setting<RelaxationStudyConfig>.Of<int>("--work-items", "Items sorted at once when time and memory are measured.", c => c.WorkItems, (c, v) => c with { WorkItems = v }),
        Seed = Setting<RelaxationStudyConfig>.Of<ulong>("--seed", "The seed of weights and items.", c => c.Seed, (c, v) => c with { Seed = v }),
        Threads = Setting<RelaxationStudyConfig>.Of<int>("--threads", "libtorch's threads; 0 leaves the choice to libtorch.", c => c.Threads, (c, v) => c with { Threads = v });

    /// <summary>Builds the command.</summary>
    public StudyRelaxationsCommand() : base(StudyName, "The accuracy, gradient, time and memory of every relaxation against n, on the same work.")
    {
        var study = new StudyAction<RelaxationStudyConfig>(
            StudyName, new RelaxationStudyConfig(), RelaxationStudyConfig.Quick, [Relaxations, Items, Steps, WorkItems, Seed, Threads],
            (config, folder, progress, cancellationToken) => RelaxationStudy.Run(config, folder, PeakBytesInFreshProcess, progress, cancellationToken));
        study.Install(this);
        Add(MemoryCommand());
        this.WithExamples(
            "softperm study relaxations --quick",
            "softperm study relaxations --relaxations neural-sort,permutahedron --items 10,1000");
    }

    /// <summary>The process of its own in which a cell's peak memory is measured; prints bytes.</summary>
    private static Command MemoryCommand()
    {
        Setting<RelaxationStudyConfig>[] settings = [Relaxations, Items, WorkItems, Seed, Threads];
        var command = new Command(MemoryName, "Measure the peak memory of one relaxation, once.") { Hidden = true };
        foreach (var setting in settings) command.Add(setting.Option);
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(
            RelaxationStudy.PeakBytes(settings.Aggregate(new RelaxationStudyConfig(), (config, setting) => setting.Apply(parsed, config)))));
        return command;
    }

    private static long? PeakBytesInFreshProcess(RelaxationStudyConfig cell) => PeakMemory.OfFreshProcess(
        typeof(StudyRelaxationsCommand).Assembly, "study", StudyName, MemoryName,
        Relaxations.Option.Name, cell.Relaxations[0], Items.Option.Name, Text(cell.Items[0]), WorkItems.Option.Name, Text(cell.WorkItems),
        Seed.Option.Name, Text(cell.Seed), Threads.Option.Name, Text(cell.Threads));

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);
}
