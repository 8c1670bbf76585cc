using System.Diagnostics;
using System.Globalization;
using SoftPerm.Paper.Datasets;

namespace SoftPerm.Cli;

/// <summary>Tells how far the fetching of files is: a line for each file, and for a slow one a line every few seconds.</summary>
internal sealed class FetchLines(TextWriter output) : IProgress<FetchProgress>
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);
    private long lastLine = Stopwatch.GetTimestamp();

    public void Report(FetchProgress progress)
    {
        if (progress.State == FetchState.Arriving && Stopwatch.GetElapsedTime(lastLine) < Between) return;
        lastLine = Stopwatch.GetTimestamp();
        var size = string.Create(CultureInfo.InvariantCulture, $"{progress.Bytes / 1e6:f1} MB");
        var total = progress.Total is { } all ? string.Create(CultureInfo.InvariantCulture, $" of {all / 1e6:f1} MB") : "";
        output.WriteLine(progress.State switch
        {
            FetchState.Kept => $"{progress.Path}: there already, {size}",
            FetchState.Fetched => $"{progress.Path}: fetched, {size}",
            _ => $"{progress.Path}: {size}{total}",
        });
    }
}
