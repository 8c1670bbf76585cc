using System.CommandLine;
using SoftPerm.Benchmarks.Ratios.Reports;
using SoftPerm.Training;
using TorchSharp;

namespace SoftPerm.Benchmarks.Ratios;

/// <summary><c>ratios</c>: SoftPerm against what else there is, in one run, methods taking turns.</summary>
internal sealed class RatiosCommand : Command
{
    private readonly Option<string[]> only = new("--only")
    {
        Description = $"Groups to measure: {string.Join(", ", AllGroups.List.Select(g => g.Name))}. Default: all.",
        HelpName = "GROUP",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<bool> quick = new("--quick") { Description = "Measure briefly, to see that it works." };

    private readonly Option<long?> largest = new("--largest") { Description = "Leave out cases of more items. Default: none.", HelpName = "ITEMS" };

    private readonly Option<int> threads = new("--threads") { Description = "libtorch's threads.", HelpName = "N", DefaultValueFactory = _ => 2 };

    private readonly Option<string> output = new("--out")
    {
        Description = "Folder that gets a folder for this processor. Default: bench/results; brief or partial runs go to artifacts/bench.",
        HelpName = "FOLDER",
    };

    /// <summary>Builds the command.</summary>
    public RatiosCommand() : base("ratios", "Compare SoftPerm with dense NeuralSort and torch.sort, and store the table.")
    {
        Options.Add(only);
        Options.Add(quick);
        Options.Add(largest);
        Options.Add(threads);
        Options.Add(output);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        var threadCount = parsed.GetValue(threads);
        if (threadCount < 1) throw new UserErrorException($"--threads is {threadCount}; allowed: at least 1.");
        torch.set_num_threads(threadCount);
        var forRecord = !parsed.GetValue(quick) && parsed.GetValue(largest) is null;
        var folder = parsed.GetValue(output) ?? (forRecord ? Repository.PathTo("bench", "results") : Repository.PathTo("artifacts", "bench"));
        var store = new ResultStore(Path.Combine(folder, BenchmarkEnvironment.Slug(BenchmarkEnvironment.Capture().Run.Machine)));
        var runner = new GroupRunner(parsed.GetValue(quick) ? Effort.Quick : Effort.Full, threadCount, Console.Error);
        foreach (var group in Chosen(parsed))
        {
            var result = runner.Run(group);
            store.Save(result);
            parsed.InvocationConfiguration.Output.WriteLine(MarkdownReport.Render(result));
        }

        return 0;
    }

    private Group[] Chosen(ParseResult parsed)
    {
        var named = parsed.GetValue(only) is { Length: > 0 } names ? names.Select(AllGroups.Find) : AllGroups.List;
        return parsed.GetValue(largest) is { } limit ? [.. named.Select(g => g.UpTo(limit)).Where(g => g.Cases.Count > 0)] : [.. named];
    }
}
