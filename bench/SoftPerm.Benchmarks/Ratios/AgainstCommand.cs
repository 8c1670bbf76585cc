using System.CommandLine;
using static TorchSharp.torch;

namespace SoftPerm.Benchmarks.Ratios;

/// <summary><c>against</c>: this build beside another, in one process, taking turns.</summary>
internal sealed class AgainstCommand : Command
{
    private static readonly (long Batch, long Items)[] Shapes = [(2_000, 5), (400, 15), (100, 100), (1, 1_000), (1, 10_000), (1, 100_000), (1, 1_000_000)];

    private static readonly (string Relaxation, string Member, long MostItems)[] Members =
    [
        ("neural-sort", "Sort", long.MaxValue), ("neural-sort", "Rank", long.MaxValue), ("soft-sort", "Sort", long.MaxValue),
        ("soft-sort-squared", "Sort", 10_000), ("sinkhorn", "Sort", 10_000), ("lap-sum", "Sort", long.MaxValue),
        ("permutahedron", "Sort", long.MaxValue), ("permutahedron", "Rank", long.MaxValue), ("permutahedron-entropic", "Sort", long.MaxValue),
        ("odd-even", "Sort", 100), ("bitonic", "Sort", 10_000),
    ];

    private readonly Argument<string> folder = new("FOLDER") { Description = "Where the other build's SoftPerm.dll and SoftPerm.Kernels.dll are." };

    private readonly Option<bool> quick = new("--quick") { Description = "Measure briefly, to see that it works." };

    private readonly Option<long> largest = new("--largest") { Description = "Leave out cases of more items.", HelpName = "ITEMS", DefaultValueFactory = _ => 1_000_000 };

    /// <summary>Builds the command.</summary>
    public AgainstCommand() : base("against", "Time this build of the library beside another: float32, τ = 1, forward and backward, two threads.")
    {
        Arguments.Add(folder);
        Options.Add(quick);
        Options.Add(largest);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        set_num_threads(2);
        var (other, output) = (new OtherBuild(parsed.GetValue(folder)!), parsed.InvocationConfiguration.Output);
        output.WriteLine("| case | what | other, ms | this, ms | this ÷ other |");
        output.WriteLine("| --- | --- | ---: | ---: | ---: |");
        foreach (var (batch, items) in Shapes.Where(s => s.Batch * s.Items <= parsed.GetValue(largest)))
        {
            using var inputs = new Inputs(batch, items);
            foreach (var (relaxation, member, _) in Members.Where(m => items <= m.MostItems))
            {
                Method[] methods = [Of(other.Member(relaxation, member), "other"), Of(This(relaxation, member), "this")];
                var times = InterleavedTimer.Time([.. methods.Select<Method, Action>(m => () => m.Step(inputs))], parsed.GetValue(quick) ? Effort.Quick : Effort.Full);
                double before = Median(times[0]), after = Median(times[1]);
                output.WriteLine(FormattableString.Invariant($"| {batch} × {items:#,0} | {relaxation} {member} | {before:g3} | {after:g3} | {after / before:f3} |"));
            }
        }

        return 0;
    }

    private static Method Of(Func<Tensor, Tensor?, Tensor> member, string name) => new(name, scores => member(scores, null));

    private static Func<Tensor, Tensor?, Tensor> This(string relaxation, string member)
    {
        var ordering = RelaxationCatalog.Of(relaxation).Create(1, true);
        return typeof(SoftOrdering).GetMethod(member)!.CreateDelegate<Func<Tensor, Tensor?, Tensor>>(ordering);
    }

    private static double Median(IEnumerable<double> milliseconds) => Statistics.Quantile([.. milliseconds.Order()], 0.5);
}
