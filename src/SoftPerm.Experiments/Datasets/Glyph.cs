using System.Globalization;

namespace SoftPerm.Experiments.Datasets;

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
