using System.Globalization;

namespace SoftPerm.Training.IO;

/// <summary>Reads a table of numbers: one row a line, separated by commas, perhaps below a line of names.</summary>
internal static class CsvArray
{
    private static readonly string[] Words = ["nan", "inf", "infinity"];

    /// <summary>Reads to the end; blank lines are skipped, and so is a first line of names.</summary>
    /// <param name="text">The table.</param>
    /// <param name="booleans">Whether true and false, in any case, are 1 and 0.</param>
    /// <exception cref="InvalidDataException">A field is not a number, a row has another length, or there is no row.</exception>
    public static NdArray Read(TextReader text, bool booleans = false)
    {
        var data = new List<double>();
        long rows = 0, columns = 0, firstLine = 0;
        var mayBeHeader = true;
        for (var line = 1L; text.ReadLine() is { } content; line++)
        {
            if (string.IsNullOrWhiteSpace(content)) continue;
            var isHeader = mayBeHeader && IsHeader(content, booleans);
            mayBeHeader = false;
            if (isHeader) continue;
            var before = data.Count;
            AddRow(content, line, booleans, data);
            var found = data.Count - before;
            if (rows++ == 0) (columns, firstLine) = (found, line);
            if (found != columns) throw new InvalidDataException($"line {line} has {found} columns where line {firstLine} has {columns}; every row must have as many.");
        }

        if (rows == 0) throw new InvalidDataException("the file holds no numbers, only blank lines or a heading.");
        return new NdArray([.. data], [rows, columns]);
    }

    /// <summary>Whether a line is one of names: no field of it is a number or begins like one, and not all are words for numbers, such as nan.</summary>
    private static bool IsHeader(string content, bool booleans)
    {
        var hasName = false;
        foreach (var field in content.AsSpan().Split(','))
        {
            var word = content.AsSpan(field).Trim();
            if (TryNumber(word, booleans, out var number))
            {
                if (double.IsFinite(number)) return false;
                continue;
            }

            if (!word.IsEmpty && (char.IsAsciiDigit(word[0]) || word[0] is '+' or '-' or '.')) return false;
            hasName |= !word.IsEmpty;
        }

        return hasName;
    }

    private static void AddRow(string content, long line, bool booleans, List<double> data)
    {
        var column = 0;
        foreach (var field in content.AsSpan().Split(','))
        {
            column++;
            var word = content.AsSpan(field).Trim();
            if (!TryNumber(word, booleans, out var number))
            {
                throw new InvalidDataException(
                    $"line {line}, column {column}: {FileGuard.Quote(word)} is not a number of float64; allowed are numbers with a decimal point, nan and inf, separated by commas, and a heading in the first line.");
            }

            data.Add(number);
        }
    }

    private static bool TryNumber(ReadOnlySpan<char> word, bool booleans, out double number)
    {
        if (booleans && bool.TryParse(word, out var truth))
        {
            number = truth ? 1 : 0;
            return true;
        }

        var unsigned = word.TrimStart("+-");
        if (word.Length - unsigned.Length <= 1 && IsNonFiniteWord(unsigned))
        {
            number = unsigned[0] is 'n' or 'N' ? double.NaN : word[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        return double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    private static bool IsNonFiniteWord(ReadOnlySpan<char> word)
    {
        foreach (var allowed in Words)
            if (word.Equals(allowed, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }
}
