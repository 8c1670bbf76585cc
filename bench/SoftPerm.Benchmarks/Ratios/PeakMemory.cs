using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace SoftPerm.Benchmarks.Ratios;

/// <summary>How much more memory a step needs at its peak than was there before it: result, gradient, graph and scratch.</summary>
/// <remarks>Measured in a process of its own, which has run nothing of that size before: in this one, memory that earlier steps
/// freed or keep pooled would hide what a step takes. Linux only.</remarks>
internal static partial class PeakMemory
{
    private const string ResetPeak = "/proc/self/clear_refs";

    /// <summary>Measures one method of a case in a process of its own.</summary>
    /// <returns>Bytes, or null where they cannot be measured.</returns>
    public static long? OfFreshProcess(string group, string @case, string method, int threads)
    {
        if (!File.Exists(ResetPeak) || Environment.ProcessPath is not { } program) return null;
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(PeakMemory).Assembly.Location] : [];
        var start = new ProcessStartInfo(program, [.. host, MemoryCommand.CommandName, group, @case, method, threads.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        };
        using var child = Process.Start(start)!;
        var answer = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0 && long.TryParse(answer, CultureInfo.InvariantCulture, out var bytes) ? bytes : null;
    }

    /// <summary>Measures one method of a case in this process.</summary>
    public static long Measure(Case @case, Method method)
    {
        // Code is compiled and loaded on sequences short enough to leave nothing that matters at full size.
        using (var few = new Inputs(Math.Min(@case.Batch, 4), Math.Min(@case.Items, 1_000)))
            for (var i = 0; i < 3; i++) method.Step(few);
        using var inputs = new Inputs(@case.Batch, @case.Items);
        GC.Collect();
        ReturnFreedMemory();
        File.WriteAllText(ResetPeak, "5");
        var before = Status("VmRSS:");
        method.Step(inputs);
        return Status("VmHWM:") - before;
    }

    private static long Status(string field)
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return 1024 * long.Parse(line[field.Length..^" kB".Length], NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
    }

    private static void ReturnFreedMemory()
    {
        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library (musl), which returns memory by itself.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nint pad);
}
