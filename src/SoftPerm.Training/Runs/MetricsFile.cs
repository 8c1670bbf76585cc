using System.Globalization;
using System.Text;
using SoftPerm.Training.IO;

namespace SoftPerm.Training.Runs;

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
        return FileGuard.Get("read", path, () =>
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

/// <summary>The lines of metrics.csv for given measures. Numbers read back to the same bits; a step without validation has empty fields.</summary>
internal sealed class MetricsCsv
{
    private const string Leading = "step,learning_rate,temperature,loss", Loss = "loss", OfValidation = "validation_";
    private readonly string[] measures;

    private MetricsCsv(string[] measures) => this.measures = measures;

    /// <summary>The file's first line.</summary>
    public string Header => string.Join(',', [Leading, .. measures, .. measures.Prepend(Loss).Select(name => OfValidation + name)]);

    /// <summary>The lines for rows like this one.</summary>
    public static MetricsCsv For(MetricRow row) => new([.. row.Training.Measures.Select(m => m.Name)]);

    /// <summary>The lines of a file with this header, or null where it is no header of ours.</summary>
    public static MetricsCsv? Under(string header)
    {
        var fields = header.Split(',').Length - Leading.Split(',').Length - 1;
        if (fields < 0 || fields % 2 != 0 || !header.StartsWith(Leading, StringComparison.Ordinal)) return null;
        var csv = new MetricsCsv(header.Split(',')[Leading.Split(',').Length..][..(fields / 2)]);
        return csv.Header == header ? csv : null;
    }

    public string Format(MetricRow row) => string.Join(
        ',',
        [
            row.Step.ToString(CultureInfo.InvariantCulture), Format(row.LearningRate), Format(row.Temperature),
            .. Values(row.Training), .. row.Validation is { } validation ? Values(validation) : Enumerable.Repeat("", measures.Length + 1),
        ]);

    /// <exception cref="FormatException">The line is not what <see cref="Format(MetricRow)"/> writes.</exception>
    /// <exception cref="OverflowException">The step does not fit 64 bits.</exception>
    public MetricRow Parse(string line)
    {
        var f = line.Split(',');
        var expected = 5 + 2 * measures.Length;
        if (f.Length != expected) throw new FormatException($"It has {f.Length} fields; {expected} are expected.");
        var validation = f[(4 + measures.Length)..];
        return new MetricRow(
            long.Parse(f[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), Number(f[1]), Number(f[2]),
            Values(f[3..(4 + measures.Length)]),
            validation.All(field => field.Length == 0) ? null : Values(validation));
    }

    private static IEnumerable<string> Values(Metrics outcome) => outcome.Measures.Select(m => m.Value).Prepend(outcome.Loss).Select(Format);

    private Metrics Values(string[] fields) => new(Number(fields[0]), [.. measures.Select((name, i) => new Measure(name, Number(fields[i + 1])))]);

    private static string Format(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static double Number(string field) => double.Parse(field, NumberStyles.Float, CultureInfo.InvariantCulture);
}
