using System.Diagnostics;
using System.Globalization;
using TorchSharp;

namespace SoftPerm.Experiments.Training;

/// <summary>What a run costs, row by row, in <c>performance.csv</c>: apart from the metrics, which repeat bit for bit.</summary>
internal sealed class PerformanceLog : IDisposable
{
    private readonly StreamWriter file;

    public PerformanceLog(string folder)
    {
        var path = Path.Combine(folder, "performance.csv");
        var fresh = !File.Exists(path);
        file = new StreamWriter(path, append: true) { AutoFlush = true };
        if (fresh) file.WriteLine("step,seconds,images_per_second,resident_mb,live_tensors");
    }

    /// <summary>Writes a row; seconds and speed are those of this session.</summary>
    public void Write(long step, TimeSpan elapsed, double imagesPerSecond) => file.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{step},{elapsed.TotalSeconds:f1},{imagesPerSecond:f1},{ResidentMegabytes():f0},{DisposeScopeManager.Statistics.ThreadTotalLiveCount}"));

    public void Dispose() => file.Dispose();

    private static double ResidentMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1048576.0;
    }
}
