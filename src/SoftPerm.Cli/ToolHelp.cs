using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.CompilerServices;

namespace SoftPerm.Cli;

/// <summary>Help with sections of a command's own after the generated ones: notes and examples.</summary>
internal static class ToolHelp
{
    private static readonly ConditionalWeakTable<Command, List<(string Title, string[] Lines)>> Sections = [];

    /// <summary>Makes --help show the sections, and --version the tool's own version, throughout the tree.</summary>
    public static void Install(RootCommand root)
    {
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction generated } help) help.Action = new Extended(generated);
            if (option is VersionOption version) version.Action = new ToolVersion();
        }
    }

    /// <summary>Adds the section "Notes:".</summary>
    public static TCommand WithNotes<TCommand>(this TCommand command, params string[] lines) where TCommand : Command =>
        With(command, "Notes:", lines);

    /// <summary>Adds the section "Examples:".</summary>
    public static TCommand WithExamples<TCommand>(this TCommand command, params string[] lines) where TCommand : Command =>
        With(command, "Examples:", lines);

    private static TCommand With<TCommand>(TCommand command, string title, string[] lines) where TCommand : Command
    {
        Sections.GetOrCreateValue(command).Add((title, lines));
        return command;
    }

    private sealed class Extended(HelpAction generated) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            var code = generated.Invoke(parseResult);
            if (!Sections.TryGetValue(parseResult.CommandResult.Command, out var sections)) return code;
            var output = parseResult.InvocationConfiguration.Output;
            foreach (var (title, lines) in sections)
            {
                output.WriteLine(title);
                foreach (var line in lines) output.WriteLine($"  {ToolInvocation.Like(line)}".TrimEnd());
                output.WriteLine();
            }

            return code;
        }
    }
}
