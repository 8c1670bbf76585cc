using System.CommandLine;
using SoftPerm.Paper.Studies;

namespace SoftPerm.Cli;

/// <summary><c>softperm study temperature</c>: how near the exact permutation NeuralSort is, and how noisy its gradient.</summary>
internal sealed class StudyTemperatureCommand : Command
{
    private static readonly Setting<TemperatureStudyConfig>[] Settings =
    [
        ListSetting.Of<TemperatureStudyConfig, int>("--items", "Numbers of items.", c => c.Items, (c, v) => c with { Items = v }),
        Setting<TemperatureStudyConfig>.Of<double>("--from", "The highest temperature.", c => c.From, (c, v) => c with { From = v }),
        Setting<TemperatureStudyConfig>.Of<double>("--to", "The lowest temperature.", c => c.To, (c, v) => c with { To = v }),
        Setting<TemperatureStudyConfig>.Of<int>("--per-decade", "Temperatures in each factor of ten.", c => c.PerDecade, (c, v) => c with { PerDecade = v }),
        Setting<TemperatureStudyConfig>.Of<int>("--samples", "Draws of Gumbel noise at each temperature.", c => c.Samples, (c, v) => c with { Samples = v }),
        Setting<TemperatureStudyConfig>.Of<ulong>("--seed", "The seed of scores and noise.", c => c.Seed, (c, v) => c with { Seed = v }),
    ];

    /// <summary>Builds the command.</summary>
    public StudyTemperatureCommand() : base("temperature", "From high to low temperatures: NeuralSort's distance to the exact permutation, and the variance of its gradient.")
    {
        var study = new StudyAction<TemperatureStudyConfig>("temperature", new TemperatureStudyConfig(), TemperatureStudyConfig.Quick, Settings, TemperatureStudy.Run);
        study.Install(this);
        this.WithExamples(
            "softperm study temperature --quick",
            "softperm study temperature --items 5,100 --from 10 --to 0.01 --per-decade 8");
    }
}
