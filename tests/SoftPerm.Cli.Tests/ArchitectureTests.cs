using System.Text.RegularExpressions;
using SoftPerm.Paper;
using SoftPerm.TestKit;
using SoftPerm.Tests.Architecture;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Cli.Tests;

/// <summary>The rooms above the library, SoftPerm ← Training ← Paper ← Cli, and the directions inside; below, the library's own tests have them.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] Errors = ["./UserErrorException", "./Remedy", "./ResumeRun", "./TrainAgain"];
    private static readonly string[] Tasks = ["Datasets", "Networks", "Tasks"];

    /// <summary>The direction inside of SoftPerm.Training.</summary>
    private static readonly Direction OfTraining = new(new Dictionary<string, string[]>
    {
        ["./Remedy"] = [],
        ["./ResumeRun"] = Errors,
        ["./TrainAgain"] = Errors,
        ["./UserErrorException"] = Errors,
        ["./Measure"] = [],
        ["./Metrics"] = ["./Measure"],
        ["./MetricRow"] = ["./Metrics"],
        ["./Optimizer"] = [],
        ["IO"] = Errors,
        ["Runs"] = [.. Errors, "IO", "./Metrics", "./Measure", "./MetricRow", "./Optimizer"],
        ["."] = [.. Errors, "IO", "Runs", "./Metrics", "./Measure", "./MetricRow", "./Optimizer"],
    });

    /// <summary>The direction inside of SoftPerm.Paper.</summary>
    private static readonly Direction OfPaper = new(new Dictionary<string, string[]>
    {
        ["Datasets"] = [],
        ["Networks"] = ["Datasets"],
        ["Drawing"] = ["Datasets"],
        ["Tasks"] = ["Datasets", "Networks"],
        ["Tasks/Sorting"] = Tasks,
        ["Tasks/Quantiles"] = [.. Tasks, "Drawing"],
        ["Tasks/Neighbours"] = Tasks,
        // Trained runs, and the tasks to train them: what users name.
        ["."] = [.. Tasks, "Tasks/*", "Drawing"],
        ["Studies"] = ["Datasets", "Networks", "Drawing", "Tasks/Neighbours"],
        ["Tables"] = [.. Tasks, "Tasks/*", ".", "Studies", "Drawing"],
    });

    private static readonly SourceTree Engine = new(RepositoryFolder.At("src/SoftPerm.Training"), typeof(UserErrorException).Assembly.Location);
    private static readonly SourceTree Paper = new(RepositoryFolder.At("src/SoftPerm.Paper"), typeof(PaperTasks).Assembly.Location);

    [Fact]
    public void Every_type_is_in_a_folder_with_a_rule_and_every_rule_is_needed()
    {
        Assert.Empty(Engine.Unfound.Concat(Paper.Unfound));
        Assert.Empty(OfTraining.Strangers(Engine.Types).Concat(OfPaper.Strangers(Paper.Types)));
        Assert.Empty(OfTraining.Idle(Engine.Types).Concat(OfPaper.Idle(Paper.Types)));
    }

    [Fact]
    public void References_go_one_way() =>
        Assert.Empty(OfTraining.Violations(Engine.Uses).Concat(OfPaper.Violations(Paper.Uses)).Select(use => use.ToString()));

    [Fact]
    public void Plots_come_with_the_paper_alone_and_terminals_with_the_tool_alone()
    {
        Assert.Equal(["Google.Protobuf", "SoftPerm", "TorchSharp"], Others(Engine));
        Assert.Equal(["ScottPlot", "SkiaSharp", "SoftPerm", "SoftPerm.Training", "TorchSharp"], Others(Paper));

        static IEnumerable<string> Others(SourceTree tree) => tree.Assemblies.Where(name => !name.StartsWith("System", StringComparison.Ordinal) && name != "Microsoft.Win32.Primitives").Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Words_of_command_lines_are_the_tools_alone()
    {
        Assert.Empty(Engine.Files.Concat(Paper.Files).SelectMany(file => Words(file.Text).Select(word => $"{file.Path}: {word}")));
        Assert.Equal(["--learning-rate", "softperm train"], Words("lower --learning-rate of `softperm train sort`"));
    }

    [Fact]
    public void Namespaces_follow_folders() => Assert.Empty(
        Engine.Types.Where(type => type.Namespace != Of("SoftPerm.Training", type)).Concat(Paper.Types.Where(type => type.Namespace != Of("SoftPerm.Paper", type))).Select(type => type.Path));

    private static string Of(string project, Declared type) => type.Folder == "." ? project : $"{project}.{type.Folder.Replace('/', '.')}";

    private static IEnumerable<string> Words(string text) => CommandLineWord().Matches(text).Select(match => match.Value);

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z-]+|softperm (?:train|eval|predict|apply|study|reproduce|data|completion)\b")]
    private static partial Regex CommandLineWord();
}
