using System.Globalization;
using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SoftPerm.Experiments.Runs;

/// <summary>The picture of <see cref="LiveProgress"/>: a bar and the figures, side by side where the terminal is wide enough, and below each other where it is not.</summary>
internal static class LiveFigures
{
    private const int WidestBar = 60, Gap = 2;

    /// <summary>Draws for a terminal of so many columns.</summary>
    /// <param name="s">How far training is.</param>
    /// <param name="columns">The columns of the terminal.</param>
    /// <param name="unicode">Whether it shows more than ASCII.</param>
    public static IRenderable Picture(ProgressSnapshot s, int columns, bool unicode)
    {
        var lines = Table([.. Figures(s)], columns).Select(line => (IRenderable)new Text(line));
        return new Rows([Bar(s.Done, Math.Min(WidestBar, Math.Max(1, columns - 1)), unicode), .. lines, .. s.Lengths is { } lengths ? [new Text($"({lengths.Caption})")] : Array.Empty<IRenderable>()]);
    }

    /// <summary>Done and left differ in shape: colours may be off.</summary>
    private static Paragraph Bar(double done, int columns, bool unicode)
    {
        var filled = (int)Math.Round(done * columns);
        return new Paragraph()
            .Append(new string(unicode ? '█' : '#', filled), Color.Green)
            .Append(new string(unicode ? '░' : '.', columns - filled), Color.Grey);
    }

    /// <summary>Pairs of a name and a figure, two pairs to a row.</summary>
    private static IEnumerable<string[]> Figures(ProgressSnapshot s)
    {
        yield return ["step", Invariant($"{s.Step:N0} of {s.TotalSteps:N0}"), "images/s", Invariant($"{s.ImagesPerSecond:N0}")];
        yield return ["loss", Invariant($"{s.Training.Loss:F4}"), "elapsed", TrainingProgress.Format(s.Elapsed)];
        yield return ["done", Invariant($"{Math.Floor(100 * s.Done)} %"), "left", TrainingProgress.Format(s.Remaining)];
        foreach (var measure in s.Training.Measures)
            yield return [measure.Title, Percent(measure.Value), "best validation", s.Best is { } best ? Percent(best[measure.Name]) : "none yet"];
    }

    private static IEnumerable<string> Table(string[][] rows, int columns)
    {
        if (Widths(rows).Sum() + (3 * Gap) > columns) rows = [.. rows.SelectMany(row => row.Chunk(2))];
        var widths = Widths(rows);
        foreach (var row in rows)
        {
            var line = new StringBuilder();
            foreach (var (k, cell) in row.Index()) line.Append(cell.PadRight(widths[k] + Gap));
            yield return line.ToString().TrimEnd();
        }
    }

    private static int[] Widths(string[][] rows) => [.. Enumerable.Range(0, rows[0].Length).Select(k => rows.Max(row => row[k].Length))];

    private static string Percent(double proportion) => Invariant($"{100 * proportion:F1} %");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
