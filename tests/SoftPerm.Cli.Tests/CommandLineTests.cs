using System.CommandLine;
using System.Text.RegularExpressions;
using SoftPerm.Experiments;
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
    [InlineData("aply", "'aply'", "Commands: ")]
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

    private static IEnumerable<string[]> Paths(Command command, string[] path) =>
        command.Subcommands.Where(sub => !sub.Hidden).SelectMany(sub => Paths(sub, [.. path, sub.Name])).Prepend(path);

    [GeneratedRegex(@"the details are in (\S+\.log)")]
    private static partial Regex LogPath();
}
