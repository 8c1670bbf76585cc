using System.CommandLine;
using SoftPerm.Experiments.Studies;

namespace SoftPerm.Cli;

/// <summary><c>softperm study relaxations</c>: what each relaxation learns and costs, on the same work.</summary>
internal sealed class StudyRelaxationsCommand : Command
{
    private static readonly Setting<RelaxationStudyConfig>[] Settings =
    [
        ListSetting.Of<RelaxationStudyConfig, string>("--relaxations", $"Which: {string.Join(", ", RelaxationCatalog.All.Select(known => known.Name))}.", (c, v) => c with { Relaxations = v }),
        ListSetting.Of<RelaxationStudyConfig, int>("--items", "Numbers of items in a list.", (c, v) => c with { Items = v }),
        Setting<RelaxationStudyConfig>.Of<int>("--steps", "Steps of training a scorer.", (c, v) => c with { Steps = v }),
        Setting<RelaxationStudyConfig>.Of<int>("--work-items", "Items sorted at once when time is measured.", (c, v) => c with { WorkItems = v }),
        Setting<RelaxationStudyConfig>.Of<ulong>("--seed", "The seed of weights and items.", (c, v) => c with { Seed = v }),
        Setting<RelaxationStudyConfig>.Of<int>("--threads", "libtorch's threads; 0 leaves the choice to libtorch.", (c, v) => c with { Threads = v }),
    ];

    /// <summary>Builds the command.</summary>
    public StudyRelaxationsCommand() : base("relaxations", "The accuracy, gradient and time of every relaxation against n, on the same work.")
    {
        var study = new StudyAction<RelaxationStudyConfig>("relaxations", new RelaxationStudyConfig(), RelaxationStudyConfig.Quick, Settings, RelaxationStudy.Run);
        study.Install(this);
        this.WithExamples(
            "softperm study relaxations --quick",
            "softperm study relaxations --relaxations neural-sort,permutahedron --items 10,1000");
    }
}
