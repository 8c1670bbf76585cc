using System.Globalization;
using SoftPerm.Paper.Drawing;

namespace SoftPerm.Benchmarks.Ratios.Reports;

/// <summary>The stored results as a page for people.</summary>
internal static class MarkdownReport
{
    private const string Unknown = "n/a";

    private const string Introduction = """
        # Speed and memory

        Milliseconds a step of float32 normal scores, forward and backward unless said otherwise; the methods of a case took turns in
        one process. *Extra memory* is the peak above what was resident before, of one step in a fresh process: result, gradient,
        graph and scratch. Below about 100,000 items it says little. Written by `SoftPerm.Benchmarks ratios`; `ratios.json` holds the same.


        """;

    /// <summary>The whole page.</summary>
    public static string Render(Results results) => Introduction + string.Join("\n", results.Groups.Select(Render));

    /// <summary>One group's section.</summary>
    public static string Render(GroupResult group)
    {
        var notes = group.Cases.Where(c => c.Note is not null).Select(c => $"- {c.Name}: {c.Note}\n").ToArray();
        string[] parts = [$"## {group.Title}\n", Times(group.Cases), string.Concat(notes), Checks(group.Checks), Environment(group.Environment)];
        return string.Join("\n", parts.Where(p => p.Length > 0));
    }

    private static string Times(IReadOnlyList<CaseResult> cases) => MarkdownTable.Render(
        ["case", "method", ">median", ">fastest", ">quartiles", ">steps", ">extra memory", ">bytes an item"],
        from @case in cases
        from m in @case.Methods
        let memory = m.ExtraBytes is { } bytes ? $"{MarkdownTable.Number(bytes / 1e6)} MB" : Unknown
        let perItem = @case.BytesPerItem(m) is { } each ? each.ToString("#,0", CultureInfo.InvariantCulture) : Unknown
        let quartiles = $"{MarkdownTable.Number(m.LowerQuartile)} – {MarkdownTable.Number(m.UpperQuartile)}"
        select (string[])[@case.Name, m.Method, MarkdownTable.Number(m.Median), MarkdownTable.Number(m.Fastest), quartiles,
            m.Steps.ToString(CultureInfo.InvariantCulture), memory, perItem]);

    private static string Checks(IReadOnlyList<Check> checks) => checks.Count == 0 ? "" : MarkdownTable.Render(
        ["case", "quantity", ">measured", ">target", ""],
        from check in checks
        let verdict = check.Passed switch { true => "pass", false => "**short**", null => "" }
        select (string[])[check.Case, check.Quantity, MarkdownTable.Number(check.Value), check.Target?.ToString() ?? "", verdict]);

    private static string Environment(BenchmarkEnvironment environment)
    {
        var run = environment.Run;
        var commit = environment.Modified switch { true => $"{run.Commit} with changes", false => run.Commit, null => $"{run.Commit} (changes unknown)" };
        string[] facts =
        [
            $"`{run.Command}`", $"commit {commit}", run.Started.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
            run.Machine, $"{run.Cores} cores, {run.TorchThreads} threads, load before {environment.Load ?? Unknown}",
            run.OperatingSystem, run.Runtime, $"libtorch {environment.LibTorch}", environment.Simd,
        ];
        return string.Join(" · ", facts) + "\n";
    }
}
