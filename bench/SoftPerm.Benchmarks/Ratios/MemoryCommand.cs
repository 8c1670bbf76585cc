using System.CommandLine;
using TorchSharp;

namespace SoftPerm.Benchmarks.Ratios;

/// <summary>The process of its own that <see cref="PeakMemory"/> starts for each method; prints bytes.</summary>
internal sealed class MemoryCommand : Command
{
    public const string CommandName = "memory";

    private readonly Argument<string> group = new("GROUP"), caseName = new("CASE"), method = new("METHOD");
    private readonly Argument<int> threads = new("THREADS");

    /// <summary>Builds the command.</summary>
    public MemoryCommand() : base(CommandName, "Measure the peak memory of one method, once.")
    {
        Hidden = true;
        Add(group);
        Add(caseName);
        Add(method);
        Add(threads);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        torch.set_num_threads(parsed.GetValue(threads));
        var @case = AllGroups.Find(parsed.GetValue(group)!).Cases.First(c => c.Name == parsed.GetValue(caseName));
        var bytes = PeakMemory.Measure(@case, @case.Methods.First(m => m.Name == parsed.GetValue(method)));
        parsed.InvocationConfiguration.Output.WriteLine(bytes);
        return 0;
    }
}
