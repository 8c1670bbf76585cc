using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;

namespace SoftPerm.Benchmarks;

/// <summary><c>kernels [ARGS]</c>: BenchmarkDotNet over every benchmark class of this project.</summary>
internal sealed class KernelsCommand : Command
{
    private readonly Argument<string[]> arguments = new("ARGS") { Description = "Passed to BenchmarkDotNet, such as --filter '*Apply*' --job short.", Arity = ArgumentArity.ZeroOrMore };

    /// <summary>Builds the command.</summary>
    public KernelsCommand() : base("kernels", "Time single kernels with BenchmarkDotNet.")
    {
        Add(arguments);
        TreatUnmatchedTokensAsErrors = false;
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        // In this process: a generated project would have to restore again under the repository's central versions.
        // What would need another process, such as DOTNET_EnableAVX2=0, can be set for this one.
        string[] passed = [.. parsed.GetValue(arguments)!, .. parsed.UnmatchedTokens, "--inProcess"];
        var config = DefaultConfig.Instance.WithArtifactsPath(Repository.PathTo("artifacts", "benchmarkdotnet"));
        return BenchmarkSwitcher.FromAssembly(typeof(KernelsCommand).Assembly).Run(passed, config).Any() ? 0 : 1;
    }
}
