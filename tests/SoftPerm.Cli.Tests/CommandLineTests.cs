using System.CommandLine;
using System.Text.RegularExpressions;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed partial class CommandLineTests
{
    [Fact]
    public void Version_is_that_of_the_tool()
    {
        var outcome = Tool.Run("--version");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(typeof(CommandLine).Assembly.GetName().Version!.ToString(3), outcome.Output.Split('+', '\n')[0]);
    }

    [Fact]
    public void Help_of_every_command_shows_examples()
    {
        var commands = Paths(CommandLine.Create(), []).ToList();
        Assert.Contains("apply", commands.SelectMany(path => path));
        foreach (var path in commands)
        {
            var outcome = Tool.Run([.. path, "--help"]);
            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
            Assert.Matches(@"Usage:\s+softperm ", outcome.Output);
            Assert.Matches(@"Examples:\s+softperm ", outcome.Output);
        }
    }

    [Theory]
    [InlineData("", "Required command was not provided", "Try 'softperm --help'")]
    [InlineData("frobnicate", "'frobnicate' is no command of softperm. Commands: train, eval", "Try 'softperm --help'")]
    [InlineData("aply", "'aply' is no command of softperm; did you mean 'apply'?", "Try 'softperm --help'")]
    [InlineData("trian sort --quick", "'trian' is no command of softperm; did you mean 'train'?", "Try 'softperm --help'")]
    [InlineData("train srot --quick", "'srot' is no command of softperm train; did you mean 'sort'?", "Try 'softperm train --help'")]
    [InlineData("train sort --itmes 5", "'--itmes' is no option of softperm train sort; did you mean '--items'?", "Try 'softperm train sort --help'")]
    [InlineData("train sort --itmes=5", "did you mean '--items'?", "Try 'softperm train sort --help'")]
    [InlineData("study relaxations memroy", "'memroy'", "Try 'softperm study relaxations --help'")]
    [InlineData("--versoin", "did you mean '--version'?", "Try 'softperm --help'")]
    [InlineData("apply neural-sort more --scores a.json --temperature 1", "'more'", "Try 'softperm apply --help'")]
    [InlineData("apply", "'--scores' is required", "Try 'softperm apply --help'")]
    [InlineData("apply neural-sort --scores a.json", "'--temperature' is required", "Try 'softperm apply --help'")]
    [InlineData("apply neural-sort --scores a.json --temperature 1 --bogus", "'--bogus'", "Try 'softperm apply --help'")]
    [InlineData("apply neural-sort --scores a.json --scores b.json --temperature 1", "expects a single argument", "--help")]
    [InlineData("apply neural-sort --scores @absent --temperature 1", "@absent ends in ''", "allowed are .json")]
    public void Mistakes_on_the_command_line_are_one_line_with_a_hint(string line, string expected, string hint)
    {
        var outcome = Tool.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Tool.Refuses(outcome, expected);
        Tool.Refuses(outcome, hint);
    }

    [Fact]
    public void Help_says_what_every_option_is_by_default()
    {
        foreach (var (path, command) in Commands(CommandLine.Create(), []))
        {
            var help = Regex.Split(Tool.Run([.. path, "--help"]).Output, @"^  (?=-)", RegexOptions.Multiline); // an option begins a line, indented by two
            foreach (var option in command.Options.Where(o => o is { Hidden: false, Recursive: false, Required: false } && o is not (System.CommandLine.Help.HelpOption or VersionOption)))
                Assert.Matches(@"\bDefault:\s", Assert.Single(help, text => text.StartsWith($"{option.Name} ", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("train sort", "Digits side by side in one image. Default: 4; with --quick 2.")]
    [InlineData("train sort", "unless --train-items says otherwise. Default: 5.")]
    [InlineData("train knn", "The images: generated, mnist or fashion-mnist; knn also takes cifar-10 and cifar-10-sample. Default: mnist; with --quick generated.")]
    [InlineData("train knn", "true to move and mirror training images. Default: false.")]
    [InlineData("train quantile", "Training sequences a step. Default: 5; with --quick 20.")]
    [InlineData("study gradients", "Numbers of items. Several with commas. Default: 5,10,20,50; with --quick 5.")]
    [InlineData("reproduce table1", "Processor minutes of one core for the training of a cell. Default: 10.")]
    public void Defaults_are_those_of_the_command_and_of_quick(string command, string expected) => Assert.Contains(
        expected, string.Join(' ', Tool.Run([.. command.Split(' '), "--help"]).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("trian", "train", 1)]
    [InlineData("--itmes", "--items", 1)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void Words_are_as_far_apart_as_letters_to_change(string one, string other, int distance)
    {
        Assert.Equal(distance, Suggestion.Distance(one, other));
        Assert.Equal(distance, Suggestion.Distance(other, one));
    }

    [Fact]
    public void A_users_mistake_is_one_line_even_where_its_message_has_several()
    {
        var outcome = Throwing(new UserErrorException("first\n   second\r\nthird"));
        Assert.Equal((1, "softperm: first    second third"), (outcome.ExitCode, outcome.Error.TrimEnd()));
    }

    [Fact]
    public void A_fault_of_ours_is_one_line_that_names_a_log_with_the_stack_trace()
    {
        var outcome = Throwing(new InvalidOperationException("the cause\nin two lines"));
        Assert.Equal(2, outcome.ExitCode);
        var line = Assert.Single(outcome.ErrorLines);
        Assert.Contains("the cause in two lines (InvalidOperationException)", line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
        var log = LogPath().Match(line).Groups[1].Value;
        var content = File.ReadAllText(log);
        File.Delete(log);
        Assert.Contains("arguments: fail now", content, StringComparison.Ordinal);
        Assert.Contains("   at ", content, StringComparison.Ordinal);
    }

    private static Tool.Outcome Throwing(Exception exception)
    {
        var fail = new Command("fail") { new Argument<string>("when") };
        fail.SetAction(new Func<ParseResult, int>(_ => throw exception));
        using StringWriter output = new(), error = new();
        var code = CommandLine.Run(new RootCommand { fail }, ["fail", "now"], output, error);
        return new Tool.Outcome(code, output.ToString(), error.ToString());
    }

    private static IEnumerable<(string[] Path, Command Command)> Commands(Command command, string[] path) =>
        command.Subcommands.Where(sub => !sub.Hidden).SelectMany(sub => Commands(sub, [.. path, sub.Name])).Prepend((path, command));

    private static IEnumerable<string[]> Paths(Command command, string[] path) =>
        command.Subcommands.Where(sub => !sub.Hidden).SelectMany(sub => Paths(sub, [.. path, sub.Name])).Prepend(path);

    [GeneratedRegex(@"the details are in (\S+\.log)")]
    private static partial Regex LogPath();
}
