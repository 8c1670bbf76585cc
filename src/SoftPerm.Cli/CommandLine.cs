using System.CommandLine;
using System.CommandLine.Invocation;
using SoftPerm.Training;

namespace SoftPerm.Cli;

/// <summary>The whole command tree, and the one place that turns exceptions into exit codes.</summary>
/// <remarks>0: done. 1: a mistake the user can mend, told in one line on the error output. 2: a fault of ours, told in one
/// line that names a log file with the details. 130: interrupted, and what was done is saved.</remarks>
internal static class CommandLine
{
    public const string ToolName = "softperm";

    /// <summary>The exit code after an interruption, as shells have it for Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>Builds the command tree.</summary>
    /// <param name="input">Opens the standard input; null for the console's.</param>
    public static RootCommand Create(Func<Stream>? input = null)
    {
        var root = new RootCommand("SoftPerm: train through a sort.") { new TrainCommand(), new EvalCommand(), new PredictCommand(), new ApplyCommand(input ?? Console.OpenStandardInput), new StudyCommand(), new ReproduceCommand(), new DataCommand(), new CompletionCommand() };
        root.HelpName = ToolName;
        ToolHelp.Install(root);
        return root.WithExamples(
            "softperm train sort --quick",
            "softperm eval runs/my-run --items 3,5,7,9,15",
            "softperm predict runs/my-run",
            "softperm apply neural-sort --scores scores.json --temperature 1",
            "softperm study gradients --quick",
            "softperm data fetch mnist",
            "softperm train sort --help");
    }

    /// <summary>Runs a command on the console.</summary>
    public static int Run(string[] args) => Run(args, Console.Out, Console.Error);

    /// <summary>Runs a command.</summary>
    /// <param name="args">The arguments, without the tool's name.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where messages go.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error) => Run(Create(), args, output, error);

    /// <summary>Runs a command of a given tree.</summary>
    public static int Run(RootCommand root, string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Action is ParseErrorAction) throw new UserErrorException(Mistakes(parsed));
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException)
        {
            error.WriteLine($"{ToolName}: interrupted.");
            return Interrupted;
        }
        catch (UserErrorException e)
        {
            error.WriteLine($"{ToolName}: {OneLine(Words.Of(e))}");
            return 1;
        }
        catch (Exception e)
        {
            error.WriteLine($"{ToolName}: this is a fault of {ToolName}, not yours: {OneLine(e.Message)} ({e.GetType().Name}); {FaultLog.Write(e, args)}");
            return 2;
        }
    }

    private static string Mistakes(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var help = $"Try '{ToolInvocation.Line([.. Path(command), "--help"])}'.";
        var shown = command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name).ToArray();
        var commands = shown.Length == 0 ? "" : $" Commands: {string.Join(", ", shown)}.";
        if (parsed.UnmatchedTokens is [var word, ..])
        {
            var unknown = $"'{word}' is no {(word.StartsWith('-') ? "option" : "command")} of {string.Join(' ', [ToolName, .. Path(command)])}";
            if (Suggestion.For(word, command) is { } meant) return $"{unknown}; did you mean '{meant}'? {help}";
            if (shown.Length > 0) return $"{unknown}.{commands} {help}";
        }

        return $"{string.Join(" ", parsed.Errors.Select(e => e.Message))}{commands} {help}";
    }

    /// <summary>The names that lead from the root to a command.</summary>
    private static IEnumerable<string> Path(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? Path(parent).Append(command.Name) : [];

    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries));
}
