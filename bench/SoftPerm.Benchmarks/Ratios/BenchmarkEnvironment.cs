using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;
using SoftPerm.Training.Runs;
using TorchSharp;

namespace SoftPerm.Benchmarks.Ratios;

/// <summary>Where and how a measurement came about.</summary>
/// <param name="Run">Command, commit, machine, threads, date.</param>
/// <param name="Modified">Whether the sources differed from the commit; null where git could not say.</param>
/// <param name="LibTorch">Its version.</param>
/// <param name="Simd">The widest vectors the .NET runtime uses.</param>
/// <param name="Load">Processes running or waiting, over the minute before; null where the system does not say.</param>
internal sealed partial record BenchmarkEnvironment(RunEnvironment Run, bool? Modified, string LibTorch, string Simd, string? Load)
{
    /// <summary>Describes this process.</summary>
    public static BenchmarkEnvironment Capture()
    {
        var run = RunEnvironment.Capture();
        return new(run, Repository.IsModified(run.Commit), torch.__version__, SimdInUse(), LoadNow());
    }

    /// <summary>A processor's name as a folder's: letters, digits and dots, with dashes between.</summary>
    public static string Slug(string processor) =>
        Others().Replace(Marks().Replace(processor, ""), "-").Trim('-').ToLowerInvariant();

    private static string SimdInUse()
    {
        var bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
        return bits == 0 ? "no SIMD" : $"{bits}-bit SIMD{(bits < 512 && Avx512F.IsSupported ? " (AVX-512 present)" : "")}";
    }

    private static string? LoadNow() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : null;

    [GeneratedRegex(@"\((R|TM|tm)\)")]
    private static partial Regex Marks();

    [GeneratedRegex("[^A-Za-z0-9.]+")]
    private static partial Regex Others();
}
