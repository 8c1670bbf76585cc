using System.Globalization;
using System.Text;

namespace SoftPerm.Paper.Drawing;

/// <summary>Tables that read well as plain text too: columns as wide as their widest cell, numbers to the right.</summary>
internal static class MarkdownTable
{
    /// <summary>Draws a table.</summary>
    /// <param name="headers">The columns' heads; one that starts with '>' has its column aligned to the right.</param>
    /// <param name="rows">As many cells each as there are heads.</param>
    public static string Render(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        var right = headers.Select(h => h.StartsWith('>')).ToArray();
        IReadOnlyList<string>[] lines = [[.. headers.Select(h => h.TrimStart('>'))], .. rows];
        var widths = headers.Select((_, column) => Math.Max(3, lines.Max(line => Width(line[column])))).ToArray();
        var text = new StringBuilder();
        Append(text, lines[0].Select(Padded));
        Append(text, widths.Select((width, column) => right[column] ? new string('-', width - 1) + ":" : new string('-', width)));
        foreach (var line in lines.Skip(1)) Append(text, line.Select(Padded));
        return text.ToString();

        string Padded(string cell, int column)
        {
            var padding = new string(' ', widths[column] - Width(cell));
            return right[column] ? padding + cell : cell + padding;
        }
    }

    /// <summary>A positive number with three digits or more.</summary>
    public static string Number(double value) => value.ToString(
        value switch { >= 100 => "#,0", >= 10 => "0.0", >= 1 => "0.00", _ => "0.000" }, CultureInfo.InvariantCulture);

    /// <summary>A proportion as papers print it: .930.</summary>
    public static string Proportion(double value) => value.ToString(value is > -1 and < 0.9995 ? ".000;-.000" : "0.000", CultureInfo.InvariantCulture);

    private static void Append(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    /// <summary>Letters, not characters: P̂ is one.</summary>
    private static int Width(string text) => new StringInfo(text).LengthInTextElements;
}
