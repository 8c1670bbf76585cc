using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace SoftPerm.Cli;

/// <summary>The version of the tool, whichever program hosts it.</summary>
internal sealed class ToolVersion : SynchronousCommandLineAction
{
    /// <summary>The version with the commit it was built from.</summary>
    public static string Text { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine(Text);
        return 0;
    }
}
