using System.Text.Json;
using SoftPerm.TestKit;

namespace SoftPerm.Cli.Tests;

/// <summary>Runs the tool in a folder of its own, and reads what it prints.</summary>
internal sealed class Tool : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>What one run left behind.</summary>
    public sealed record Outcome(int ExitCode, string Output, string Error)
    {
        public JsonElement Json => JsonDocument.Parse(Output).RootElement;

        public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        public double[] Numbers(string name) => [.. Flat(Json.GetProperty(name))];

        private static IEnumerable<double> Flat(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Array => element.EnumerateArray().SelectMany(Flat),
            JsonValueKind.String => [double.Parse(element.GetString()!)],
            _ => [element.GetDouble()],
        };
    }

    public string this[string name] => folder.At(name);

    public static Outcome Run(params string[] args)
    {
        using StringWriter output = new(), error = new();
        var code = CommandLine.Run(args, output, error);
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs the tool with something on its standard input.</summary>
    public static Outcome RunOn(byte[] input, params string[] args)
    {
        using StringWriter output = new(), error = new();
        var code = CommandLine.Run(CommandLine.Create(() => new MemoryStream(input)), args, output, error);
        return new Outcome(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs "apply neural-sort" on a file of scores.</summary>
    public Outcome Apply(string scores, params string[] more) =>
        Run(["apply", "neural-sort", "--scores", Text("scores.json", scores), "--temperature", "1", .. more]);

    /// <summary>Asserts a user's mistake: exit code 1 and one line, on the error output, that says what is expected.</summary>
    public static void Refuses(Outcome outcome, string expected)
    {
        Xunit.Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        var line = Xunit.Assert.Single(outcome.ErrorLines);
        Xunit.Assert.StartsWith("softperm: ", line, StringComparison.Ordinal);
        Xunit.Assert.Contains(expected, line, StringComparison.Ordinal);
        Xunit.Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
    }

    public string Text(string name, string content) => folder.Text(name, content);

    public void Dispose() => folder.Dispose();
}
