using System.Globalization;

namespace SoftPerm.Paper.Datasets;

/// <summary>The ways people write the ten digits, drawn for this project.</summary>
internal static class Glyphs
{
    /// <summary>For each digit 0 to 9 its styles; an image takes one of them with equal chance.</summary>
    public static Glyph[][] ByDigit { get; } = [.. Table.Select(styles => styles.Select(Glyph.Parse).ToArray())];

    private static string[][] Table =>
    [
        [
            "38,2 14,16 6,50 14,86 36,98 60,84 66,48 58,14 36,1",
            "52,10 30,3 12,30 10,68 26,96 48,88 62,56 58,22 40,4 30,14",
        ],
        [
            "36,0 35,50 34,100",
            "18,24 40,0 | 40,0 39,50 38,100",
            "16,26 38,1 | 38,1 38,50 37,98 | 12,98 37,98 64,97",
        ],
        [
            "10,24 20,6 40,1 58,12 60,32 44,60 22,84 8,97 | 8,97 34,95 66,96",
            "8,22 26,3 50,4 60,24 48,54 26,82 10,94 6,84 18,80 36,92 68,96",
            "10,10 34,3 58,12 50,40 10,96 | 10,96 40,90 70,92",
        ],
        [
            "10,12 32,1 54,12 52,34 28,46 | 28,46 56,54 64,76 44,98 18,97 6,84",
            "8,4 58,3 | 58,3 28,42 | 28,42 56,50 64,74 46,97 20,98 5,86",
            "12,16 30,2 52,10 50,32 30,46 24,44 34,42 58,56 60,82 36,99 8,90",
        ],
        [
            "18,2 12,30 8,56 | 8,56 36,54 66,52 | 52,8 48,50 44,100",
            "50,0 26,32 4,66 | 4,66 40,66 72,65 | 50,0 50,50 50,100",
            "12,4 10,36 26,52 54,44 | 58,4 54,44 48,100",
        ],
        [
            "14,4 12,42 | 12,42 38,36 62,54 58,84 32,99 6,90 | 14,4 36,4 64,2",
            "64,6 36,3 20,8 14,40 | 14,40 40,40 60,60 54,88 28,99 6,92",
            "62,4 22,8 16,40 44,46 60,68 44,94 8,96",
        ],
        [
            "56,2 30,16 10,52 10,82 32,99 58,86 58,62 36,52 12,72",
            "40,0 18,42 10,74 26,98 54,92 58,68 40,58 14,74",
        ],
        [
            "6,4 62,4 | 62,4 44,50 30,100",
            "6,4 62,4 | 62,4 44,50 30,100 | 22,50 62,47",
            "6,18 10,4 36,8 62,4 | 62,4 42,44 36,100",
        ],
        [
            "58,12 36,1 14,14 18,36 40,50 60,72 52,94 30,99 10,86 14,66 38,48 56,30 57,10",
            "36,0 16,10 18,36 36,46 56,36 54,10 35,1 | 36,46 10,62 10,88 36,100 62,88 60,62 36,46",
        ],
        [
            "57,16 38,1 14,14 12,40 32,52 52,38 58,14 | 58,14 56,56 52,100",
            "56,20 38,2 14,12 10,38 30,50 52,36 58,14 | 58,14 58,60 46,92 16,96",
            "52,22 36,4 14,18 14,42 34,48 54,30 56,8 50,60 40,100",
        ],
    ];
}

/// <summary>One way to write a digit: points on the paper and the pen strokes through them.</summary>
/// <param name="Points">Coordinates in a box 100 high and about 70 wide, y downwards.</param>
/// <param name="Strokes">For each stroke the points its smooth curve passes through. Strokes that name the same point stay joined.</param>
internal sealed record Glyph((double X, double Y)[] Points, int[][] Strokes)
{
    /// <summary>Reads <c>"x,y x,y | x,y x,y x,y"</c>: strokes parted by bars; equal coordinates are one point.</summary>
    public static Glyph Parse(string text)
    {
        var points = new List<(double, double)>();
        var strokes = text.Split('|').Select(stroke => stroke
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => IndexOf(points, pair))
            .ToArray()).ToArray();
        return new Glyph([.. points], strokes);
    }

    private static int IndexOf(List<(double, double)> points, string pair)
    {
        var xy = pair.Split(',').Select(s => double.Parse(s, CultureInfo.InvariantCulture)).ToArray();
        var point = (xy[0], xy[1]);
        if (!points.Contains(point)) points.Add(point);
        return points.IndexOf(point);
    }
}
