using System.CommandLine;
using System.Globalization;
using SoftPerm.Paper.Studies;
using TorchSharp;

namespace SoftPerm.Benchmarks.Ratios;

/// <summary>The process of its own in which the peak memory of each method is measured; prints bytes.</summary>
internal sealed class MemoryCommand : Command
{
    private const string CommandName = "memory";

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

    /// <summary>Measures one method of a case in a process of its own.</summary>
    /// <returns>Bytes, or null where they cannot be measured.</returns>
    public static long? InFreshProcess(string group, string @case, string method, int threads) =>
        PeakMemory.OfFreshProcess(typeof(MemoryCommand).Assembly, CommandName, group, @case, method, threads.ToString(CultureInfo.InvariantCulture));

    /// <summary>Measures one method of a case in this process.</summary>
    internal static long Measure(Case @case, Method method)
    {
        // Code is compiled and loaded on sequences short enough to leave nothing that matters at full size.
        using (var few = new Inputs(Math.Min(@case.Batch, 4), Math.Min(@case.Items, 1_000)))
            for (var i = 0; i < 3; i++) method.Step(few);
        using var inputs = new Inputs(@case.Batch, @case.Items);
        return PeakMemory.Measure(() => method.Step(inputs));
    }

    private int Run(ParseResult parsed)
    {
        torch.set_num_threads(parsed.GetValue(threads));
        var @case = AllGroups.Find(parsed.GetValue(group)!).Cases.First(c => c.Name == parsed.GetValue(caseName));
        var bytes = Measure(@case, @case.Methods.First(m => m.Name == parsed.GetValue(method)));
        parsed.InvocationConfiguration.Output.WriteLine(bytes);
        return 0;
    }
}
