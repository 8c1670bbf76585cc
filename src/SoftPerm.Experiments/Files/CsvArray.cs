using System.Globalization;

namespace SoftPerm.Experiments.Files;

/// <summary>Reads a table of numbers: one row a line, separated by commas.</summary>
internal static class CsvArray
{
    private static readonly string[] Words = ["nan", "inf", "infinity"];

    /// <summary>Reads to the end; blank lines are skipped.</summary>
    /// <exception cref="InvalidDataException">A field is not a number, a row has another length, or there is no row.</exception>
    public static NdArray Read(TextReader text)
    {
        var data = new List<double>();
        long rows = 0, columns = 0, firstLine = 0;
        for (var line = 1L; text.ReadLine() is { } content; line++)
        {
            if (string.IsNullOrWhiteSpace(content)) continue;
            var before = data.Count;
            AddRow(content, line, data);
            var found = data.Count - before;
            if (rows++ == 0) (columns, firstLine) = (found, line);
            if (found != columns) throw new InvalidDataException($"line {line} has {found} columns where line {firstLine} has {columns}; every row must have as many.");
        }

        if (rows == 0) throw new InvalidDataException("the file holds no numbers, only blank lines.");
        return new NdArray([.. data], [rows, columns]);
    }

    private static void AddRow(string content, long line, List<double> data)
    {
        var column = 0;
        foreach (var field in content.AsSpan().Split(','))
        {
            column++;
            var word = content.AsSpan(field).Trim();
            if (!TryNumber(word, out var number))
            {
                throw new InvalidDataException(
                    $"line {line}, column {column}: {InputFile.Quote(word)} is not a number of float64; allowed are numbers with a decimal point, nan and inf, separated by commas, without a heading.");
            }

            data.Add(number);
        }
    }

    private static bool TryNumber(ReadOnlySpan<char> word, out double number)
    {
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
