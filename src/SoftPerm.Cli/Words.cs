using System.Text.RegularExpressions;
using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Studies;
using SoftPerm.Paper.Tables;
using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Training;

namespace SoftPerm.Cli;

/// <summary>What the library says, in the words of the command line: settings are options, and what would help is a command.</summary>
internal static partial class Words
{
    private const string DataSetting = nameof(SortConfig.DataDirectory), DataOption = "--data";

    private static readonly HashSet<string> Settings =
    [
        .. new[]
        {
            typeof(SortConfig), typeof(QuantileConfig), typeof(KnnConfig), typeof(ReproductionOptions),
            typeof(GradientStudyConfig), typeof(TemperatureStudyConfig), typeof(NeighbourStudyConfig), typeof(RelaxationStudyConfig),
        }.SelectMany(type => type.GetProperties()).Select(property => property.Name),
    ];

    /// <summary>The option that sets a setting: <c>--learning-rate</c> of LearningRate.</summary>
    public static string Option(string setting) => setting == DataSetting ? DataOption : $"-{Capital().Replace(setting, c => $"-{c.Value.ToLowerInvariant()}")}";

    /// <summary>The setting that an option sets.</summary>
    public static string Setting(string option) => option == DataOption
        ? DataSetting
        : string.Concat(option.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    /// <summary>An error with its remedy.</summary>
    public static string Of(UserErrorException error) => error.Remedy switch
    {
        ResumeRun resume => $"{Of(error.Message)} Resume it with: {ToolInvocation.Line("train", resume.Task, "--resume", resume.Folder)}",
        TrainAgain again => $"{Of(error.Message)} Train it again with: {ToolInvocation.Line("train", again.Task)}",
        FetchDataset fetch => $"{Of(error.Message)} Get it with '{ToolInvocation.Line(["data", "fetch", fetch.Dataset, .. fetch.Folder is { } folder ? [DataOption, folder] : Array.Empty<string>()])}'.",
        _ => Of(error.Message),
    };

    /// <summary>A message with options in the place of the settings that it quotes.</summary>
    public static string Of(string message) =>
        Quoted().Replace(message, quoted => Settings.Contains(quoted.Groups[1].Value) ? Option(quoted.Groups[1].Value) : quoted.Value);

    [GeneratedRegex("'([A-Z][A-Za-z]*)'")]
    private static partial Regex Quoted();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
