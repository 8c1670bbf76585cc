using System.Text.RegularExpressions;
using SoftPerm.Cli;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Docs.Tests;

/// <summary>The code of the documentation compiles, runs, and prints what the pages say.</summary>
public sealed partial class CodeTests
{
    /// <summary>What is code and checked here, and what is not.</summary>
    private static readonly string[] Languages = ["csharp", "fsharp", "bash", "xml", "math", "text"];

    public static TheoryData<string> Pages => [.. Page.Names];

    public static TheoryData<string> PagesWith(string language) => [.. Page.Names.Where(name => new Page(name).Code(language).Any())];

    [Theory, MemberData(nameof(PagesWith), "csharp")]
    public void A_page_prints_what_it_says(string name)
    {
        var program = new PageProgram(new Page(name));
        var main = program.Compile();
        using var folder = new TemporaryFolder();
        var (console, directory) = (Console.Out, Environment.CurrentDirectory);
        using var output = new StringWriter();
        try
        {
            Console.SetOut(output);
            Environment.CurrentDirectory = folder.Path;
            main.Invoke(null, main.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
        }
        finally
        {
            Environment.CurrentDirectory = directory;
            Console.SetOut(console);
        }

        var (expected, found) = (string.Join('\n', program.Expected), output.ToString().TrimEnd());
        Assert.True(expected == found, $"{name} says that it prints\n{expected}\nand it prints\n{found}");
    }

    /// <summary>A sample is compiled by the build and run by a test.</summary>
    [Theory, MemberData(nameof(PagesWith), "fsharp")]
    public void FSharp_is_that_of_a_sample(string name)
    {
        var samples = Directory.GetFiles(Path.Combine(Page.Root, "samples"), "*.fs", SearchOption.AllDirectories).Select(File.ReadAllText);
        Assert.All(new Page(name).Code("fsharp"), block => Assert.Contains(samples, sample => sample.Contains(block.Text, StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(PagesWith), "bash")]
    public void Commands_of_the_tool_are_right(string name)
    {
        foreach (var words in new Page(name).Code("bash").SelectMany(block => Commands(block.Text)))
        {
            if (words[0] == CommandLine.ToolName) Parse(words[1..]);
            if (words.Contains("src/SoftPerm.Cli")) Parse(words[(Array.IndexOf(words, "--") + 1)..]);
            foreach (var path in words.Where(word => PathHere().IsMatch(word))) Assert.True(Path.Exists(Path.Combine(Page.Root, path)), path);
        }
    }

    [Theory, MemberData(nameof(Pages))]
    public void A_block_says_what_language_it_is_in(string name) => Assert.All(new Page(name).Languages, language => Assert.Contains(language, Languages));

    private static void Parse(string[] words) => Assert.Empty(CommandLine.Create().Parse(words).Errors.Select(error => error.Message));

    /// <summary>The commands of a script, as words, without comments.</summary>
    private static IEnumerable<string[]> Commands(string script) =>
        script.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n', '|', ';')
            .Select(line => Word().Matches(Comment().Replace(line, "")).Select(match => match.Value.Trim('\'', '"')).ToArray())
            .Where(words => words.Length > 0);

    [GeneratedRegex(@"(?<=^|\s)#.*")]
    private static partial Regex Comment();

    [GeneratedRegex("""'[^']*'|"[^"]*"|\S+""")]
    private static partial Regex Word();

    [GeneratedRegex("^(src|tests|bench|samples|docs|.ci)(/|$)")]
    private static partial Regex PathHere();
}
