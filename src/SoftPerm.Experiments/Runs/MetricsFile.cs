using System.Text;
using SoftPerm.Experiments.Files;

namespace SoftPerm.Experiments.Runs;

/// <summary>metrics.csv on disk: append, read, and cut back to a checkpoint.</summary>
/// <remarks>A last line without its line end was cut short by a crash, and may hold a wrong number; it counts as not there.</remarks>
internal sealed class MetricsFile(string path)
{
    public void Append(MetricRow row) => FileGuard.Run("write", path, () =>
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        var csv = MetricsCsv.For(row);
        var header = file.Position == 0 ? $"{csv.Header}\n" : "";
        file.Write(Encoding.UTF8.GetBytes($"{header}{csv.Format(row)}\n"));
        file.Flush(flushToDisk: true);
    });

    public IReadOnlyList<MetricRow> Read() => [.. ReadLines().Select(line => line.Row)];

    /// <summary>Drops later rows and keeps the bytes of the others, so that a resumed run ends with the file of an uninterrupted one.</summary>
    public void KeepUpTo(long step)
    {
        if (!File.Exists(path)) return;
        var kept = ReadLines().Where(line => line.Row.Step <= step).Select(line => line.Text);
        var text = string.Concat(ReadText().Split('\n')[..^1].Take(1).Concat(kept).Select(line => $"{line}\n"));
        FileGuard.Run("write", path, () => AtomicFile.WriteAllText(path, text));
    }

    private List<(string Text, MetricRow Row)> ReadLines()
    {
        var lines = ReadText().Split('\n')[..^1];
        if (lines.Length == 0) return [];
        var csv = MetricsCsv.Under(lines[0])
            ?? throw new UserErrorException($"'{path}', line 1: '{lines[0]}' is not a header of metrics: step, learning_rate, temperature, loss, measures, and those of validation.");
        return [.. lines.Skip(1).Select((text, i) => (text, Parse(csv, text, number: i + 2)))];
    }

    private string ReadText()
    {
        if (!File.Exists(path)) return "";
        return FileGuard.Run("read", path, () =>
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
            return reader.ReadToEnd();
        });
    }

    private MetricRow Parse(MetricsCsv csv, string line, int number)
    {
        try
        {
            return csv.Parse(line);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new UserErrorException($"'{path}', line {number}: '{line}' is not a row of metrics: {e.Message}", e);
        }
    }
}
