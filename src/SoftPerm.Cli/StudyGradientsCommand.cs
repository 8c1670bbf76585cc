using System.CommandLine;
using SoftPerm.Paper.Studies;

namespace SoftPerm.Cli;

/// <summary><c>softperm study gradients</c>: bias, variance and cost of gradient estimators against the exact gradient.</summary>
internal sealed class StudyGradientsCommand : Command
{
    private static readonly Setting<GradientStudyConfig>[] Settings =
    [
        ListSetting.Of<GradientStudyConfig, string>("--estimators", "The estimators, by name.", c => c.Estimators, (c, v) => c with { Estimators = v }).Offering(new GradientStudyConfig().Estimators),
        ListSetting.Of<GradientStudyConfig, int>("--items", "Numbers of items.", c => c.Items, (c, v) => c with { Items = v }),
        ListSetting.Of<GradientStudyConfig, long>("--evaluations", "Budgets: evaluations of the cost that one call may spend.", c => c.Evaluations, (c, v) => c with { Evaluations = v }),
        ListSetting.Of<GradientStudyConfig, double>("--temperatures", "Temperatures of the estimators that relax.", c => c.Temperatures, (c, v) => c with { Temperatures = v }),
        Setting<GradientStudyConfig>.Of<long>("--repetitions", "Independent estimates of each gradient.", c => c.Repetitions, (c, v) => c with { Repetitions = v }),
        Setting<GradientStudyConfig>.Of<long>("--critic-steps", "Steps in which the critic of relax is trained beforehand.", c => c.CriticSteps, (c, v) => c with { CriticSteps = v }),
        Setting<GradientStudyConfig>.Of<int>("--timed-calls", "Single calls whose median time is reported.", c => c.TimedCalls, (c, v) => c with { TimedCalls = v }),
        Setting<GradientStudyConfig>.Of<ulong>("--seed", "The seed of logits, target and samples.", c => c.Seed, (c, v) => c with { Seed = v }),
    ];

    /// <summary>Builds the command.</summary>
    public StudyGradientsCommand() : base("gradients", "Bias, variance and cost of gradient estimators against the exact gradient.")
    {
        var study = new StudyAction<GradientStudyConfig>("gradients", new GradientStudyConfig(), GradientStudyConfig.Quick, Settings, GradientStudy.Run);
        study.Install(this);
        this.WithExamples(
            "softperm study gradients --quick",
            "softperm study gradients --items 5,10 --evaluations 6,24 --out studies/my-study",
            "softperm study gradients --estimators leave-one-out,relax --items 50");
    }
}
