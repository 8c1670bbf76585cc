using System.Globalization;

namespace SoftPerm.Training.IO;

/// <summary>Reads nested lists of numbers, with the bare NaN and Infinity that Python's json writes.</summary>
/// <remarks>System.Text.Json refuses those words, and knows nothing of rectangles; the grammar left is this small.</remarks>
internal ref struct JsonArray
{
    private const int MaximumDepth = 64;
    private const string Allowed = "allowed are a number, NaN, Infinity, -Infinity (bare or as strings) and lists of these";
    private readonly ReadOnlySpan<char> text;
    private readonly bool booleans;
    private readonly List<double> data = [];
    private readonly List<long> path = [];
    private int at;

    private JsonArray(ReadOnlySpan<char> text, bool booleans)
    {
        this.text = text;
        this.booleans = booleans;
    }

    /// <summary>Parses a whole document.</summary>
    /// <param name="text">The document.</param>
    /// <param name="booleans">Whether true and false are 1 and 0.</param>
    /// <exception cref="InvalidDataException">The text is something else, or its rows differ in length.</exception>
    public static NdArray Parse(ReadOnlySpan<char> text, bool booleans = false)
    {
        var parser = new JsonArray(text, booleans);
        var shape = parser.Value();
        if (parser.Peek() != '\0' || parser.at < text.Length) throw parser.Error($"{parser.Rest()} after the end of the array");
        return new NdArray([.. parser.data], shape);
    }

    // The shape of the value that starts here; its numbers go to data.
    private long[] Value()
    {
        if (Peek() == '[') return Elements();
        data.Add(Peek() == '"' ? QuotedWord() : Number());
        return [];
    }

    private long[] Elements()
    {
        if (path.Count == MaximumDepth) throw Error($"lists are nested deeper than {MaximumDepth}");
        at++;
        var count = 0L;
        long[] first = [];
        if (Peek() == ']') at++;
        else
        {
            do
            {
                path.Add(count);
                var shape = Value();
                if (count == 0) first = shape;
                else if (!shape.AsSpan().SequenceEqual(first)) throw Ragged(shape, first);
                path.RemoveAt(path.Count - 1);
                count++;
            }
            while (Separator());
        }

        return [count, .. first];
    }

    // Past the comma (true) or the closing bracket (false).
    private bool Separator()
    {
        var found = Peek();
        if (found is not (',' or ']')) throw Error($"{Rest()} where a comma or ']' must stand");
        at++;
        return found == ',';
    }

    private double Number()
    {
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '+' or '-' or '.')) at++;
        var word = text[start..at];
        if (TryWord(word, out var special)) return special;
        if (booleans && word is ("true" or "false")) return word is "true" ? 1 : 0;
        if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return number;
        at = start;
        throw Error($"{(word.IsEmpty ? Rest() : FileGuard.Quote(word))} is not a number of float64; {Allowed}");
    }

    private double QuotedWord()
    {
        var length = text[(at + 1)..].IndexOf('"');
        var word = length < 0 ? text[at..] : text.Slice(at + 1, length);
        if (length < 0 || !TryWord(word, out var special)) throw Error($"the string {FileGuard.Quote(word)} is not a number; {Allowed}");
        at += length + 2;
        return special;
    }

    private static bool TryWord(ReadOnlySpan<char> word, out double number)
    {
        number = word switch { "Infinity" => double.PositiveInfinity, "-Infinity" => double.NegativeInfinity, _ => double.NaN };
        return word is "NaN" or "Infinity" or "-Infinity";
    }

    // The next character that is not white space, '\0' at the end.
    private char Peek()
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\r' or '\n') at++;
        return at < text.Length ? text[at] : '\0';
    }

    private readonly string Rest() => at < text.Length ? FileGuard.Quote(text.Slice(at, 1)) : "the end of the file";

    private readonly InvalidDataException Ragged(long[] shape, long[] first)
    {
        var place = string.Concat(path.Select(i => $"[{i}]"));
        var neighbour = string.Concat(path.SkipLast(1).Append(0).Select(i => $"[{i}]"));
        return Error($"the lists are ragged: {place} {Is(shape)} where {neighbour} {Is(first)}");

        static string Is(long[] shape) => shape.Length == 0 ? "is a number" : $"has shape {NdArray.Text(shape)}";
    }

    private readonly InvalidDataException Error(string what)
    {
        var before = text[..Math.Min(at, text.Length)];
        var line = before.Count('\n') + 1;
        var column = at - before.LastIndexOf('\n');
        return new InvalidDataException($"line {line}, column {column}: {what}.");
    }
}
