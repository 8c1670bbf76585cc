using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using SoftPerm.Training;

namespace SoftPerm.Paper.Studies;

/// <summary>How much more memory a step needs at its peak than was there before it: result, gradient, graph and scratch.</summary>
/// <remarks>Measured in a process of its own, which has run nothing of that size before: in this one, memory that earlier steps
/// freed or keep pooled would hide what a step takes. Linux only.</remarks>
public static partial class PeakMemory
{
    private const string ResetPeak = "/proc/self/clear_refs";

    /// <summary>Runs this program once more, with arguments by which it prints what <see cref="Measure"/> finds.</summary>
    /// <param name="program">The assembly that reads the arguments.</param>
    /// <param name="arguments">The arguments.</param>
    /// <returns>Bytes, or null where they cannot be measured: not on Linux, or where <paramref name="program"/> is not what runs here.</returns>
    /// <exception cref="UserErrorException">The process failed; the message has what it printed.</exception>
    public static long? OfFreshProcess(Assembly program, params IEnumerable<string> arguments)
    {
        if (!File.Exists(ResetPeak) || Assembly.GetEntryAssembly() != program || Environment.ProcessPath is not { } executable) return null;
        string[] host = Path.GetFileNameWithoutExtension(executable) == "dotnet" ? [program.Location] : [];
        var start = new ProcessStartInfo(executable, [.. host, .. arguments]) { RedirectStandardOutput = true };
        using var child = Process.Start(start)!;
        var answer = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        return child.ExitCode == 0 && long.TryParse(answer, CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : throw new UserErrorException($"The process that measures memory ended with {child.ExitCode}: {string.Join(' ', arguments)}\n{answer}");
    }

    /// <summary>Measures a step in this process.</summary>
    /// <param name="step">What is measured, once; code that it needs should have run before, on less.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="UserErrorException">This is not Linux.</exception>
    public static long Measure(Action step)
    {
        if (!File.Exists(ResetPeak)) throw new UserErrorException("Peak memory is read from Linux's /proc, which is not here.");
        GC.Collect();
        ReturnFreedMemory();
        File.WriteAllText(ResetPeak, "5");
        var before = Status("VmRSS:");
        step();
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
