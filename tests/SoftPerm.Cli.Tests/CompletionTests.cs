using System.Diagnostics;
using SoftPerm.Paper.Datasets;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, string[]> Lines => new()
    {
        { "", ["apply", "completion", "data", "eval", "predict", "reproduce", "study", "train"] },
        { "train sort --relaxation ", [.. RelaxationCatalog.All.Select(known => known.Name)] },
        { "train sort --dataset ", [.. DatasetCatalog.Names] },
        { "train knn --weighting ", ["uniform", "distance"] },
        { "apply ", [.. RelaxationCatalog.All.Select(known => known.Name)] },
        { "study relaxations --relaxations soft-sort,", [.. RelaxationCatalog.All.Select(known => $"soft-sort,{known.Name}")] },
        { "data fetch ", [.. PublishedDataset.All.Select(d => d.Name), "all"] },
        { "reproduce table1 --methods ", ["deterministic", "sinkhorn"] },
        { "train sort --learn", ["--learning-rate"] },
    };

    [Theory, MemberData(nameof(Lines))]
    public void What_can_follow_is_offered(string line, string[] expected)
    {
        var outcome = Tool.Run($"[suggest:{line.Length}]", line);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Subset(outcome.Output.Split('\n', StringSplitOptions.TrimEntries).ToHashSet(), expected.ToHashSet());
    }

    /// <summary>A bash that has read the script, with the tool called as this build is, and asked what a line can end in.</summary>
    [Theory]
    [InlineData("softperm train sort --relaxation soft", "soft-sort soft-sort-squared")]
    [InlineData("softperm train so", "sort")]
    [InlineData("softperm data fetch fash", "fashion-mnist")]
    public void Bash_completes(string line, string expected)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash here.");
        var script = folder.Text("complete.sh", $$"""
            softperm() { dotnet '{{typeof(CommandLine).Assembly.Location}}' "$@"; }
            {{Tool.Run("completion", "bash").Output}}
            COMP_LINE='{{line}}'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=($COMP_LINE); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _softperm softperm
            echo "${COMPREPLY[@]}"
            """);
        using var bash = Process.Start(new ProcessStartInfo("/bin/bash", [script]) { RedirectStandardOutput = true })!;
        Assert.Equal(expected, bash.StandardOutput.ReadToEnd().Trim());
    }

    [Fact]
    public void A_shell_without_a_script_is_refused_with_those_that_have_one() =>
        Tool.Refuses(Tool.Run("completion", "fish"), "There is no script for 'fish'; choose one of: bash, zsh, pwsh.");
}
