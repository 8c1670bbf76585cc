using System.CommandLine;
using System.Globalization;
using SoftPerm.Training;

namespace SoftPerm.Cli;

/// <summary>What the commands of studies share: the folder, the quick settings, and what an interruption leaves.</summary>
/// <param name="name">The study's name.</param>
/// <param name="full">The settings by default.</param>
/// <param name="quick">Those of --quick.</param>
/// <param name="settings">The options that change them.</param>
/// <param name="run">Runs the study: settings, folder, progress, cancellation; gives a summary, or null if it was stopped.</param>
internal sealed class StudyAction<TConfig>(
    string name, TConfig full, TConfig quick, Setting<TConfig>[] settings, Func<TConfig, string, IProgress<string>, CancellationToken, string?> run)
    where TConfig : ISettings
{
    private readonly Option<bool> quickOption = new("--quick") { Description = "Settings for a study of seconds. Other options still apply. Default: off." };

    private readonly Option<string> folderOption = new("--out")
    {
        Description = $"The folder to write to; a study in it that has the same settings is continued. Default: studies/{name}-DATE.",
        HelpName = "DIR",
    };

    /// <summary>Adds the options and the action to a command.</summary>
    public void Install(Command command)
    {
        command.Add(quickOption);
        foreach (var setting in settings)
        {
            setting.Describe(full, quick);
            command.Add(setting.Option);
        }

        command.Add(folderOption);
        command.SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        var output = parsed.InvocationConfiguration.Output;
        var config = settings.Aggregate(parsed.GetValue(quickOption) ? quick : full, (c, s) => s.Apply(parsed, c));
        config.RefuseUnused(settings.Where(s => s.IsGiven(parsed)).Select(s => Words.Setting(s.Option.Name)));
        var folder = parsed.GetValue(folderOption) ?? Path.Combine("studies", string.Create(CultureInfo.InvariantCulture, $"{name}-{DateTime.Now:yyyyMMdd-HHmmss}"));
        using var interruption = new Interruption();
        var summary = run(config, folder, new ImmediateProgress<string>(output.WriteLine), interruption.Token);
        output.WriteLine(summary is null
            ? $"Stopped; every row measured is in {folder}. Continue with the same command and: --out {folder}"
            : $"{summary}\nStudy folder: {folder}");
        return summary is null ? CommandLine.Interrupted : 0;
    }
}
