using System.Diagnostics;
using System.Globalization;
using SoftPerm.Training.IO;
using TorchSharp;

namespace SoftPerm.Training.Runs;

/// <summary>What a run costs, row by row, in <c>performance.csv</c>: apart from the metrics, which repeat bit for bit.</summary>
internal sealed class PerformanceLog
{
    private const string Head = "step,seconds,images_per_second,resident_mb,live_tensors\n";
    private readonly string path;

    public PerformanceLog(string folder)
    {
        path = Path.Combine(folder, "performance.csv");
        if (!File.Exists(path)) Append(Head);
    }

    /// <summary>Writes a row; seconds and speed are those of this session.</summary>
    public void Write(long step, TimeSpan elapsed, double itemsPerSecond) => Append(string.Create(
        CultureInfo.InvariantCulture,
        $"{step},{elapsed.TotalSeconds:f1},{itemsPerSecond:f1},{ResidentMegabytes():f0},{DisposeScopeManager.Statistics.ThreadTotalLiveCount}\n"));

    private void Append(string text) => FileGuard.Run("write", path, () => File.AppendAllText(path, text));

    private static double ResidentMegabytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1048576.0;
    }
}
