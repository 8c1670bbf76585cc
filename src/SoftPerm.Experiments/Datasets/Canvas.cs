namespace SoftPerm.Experiments.Datasets;

/// <summary>A square sheet that remembers how much ink covers each pixel, 0 to 1.</summary>
/// <remarks>Only +, -, *, / and square root on doubles: the same numbers on every machine.</remarks>
internal readonly ref struct Canvas
{
    private const int PiecesPerSpan = 5;
    private readonly Span<double> coverage;
    private readonly int size;

    public Canvas(Span<double> coverage, int size)
    {
        this.coverage = coverage;
        this.size = size;
    }

    /// <summary>Draws a smooth curve (Catmull-Rom) through the points, as short straight pieces.</summary>
    public void DrawStroke(ReadOnlySpan<(double X, double Y)> points, int[] stroke, in Handwriting hand)
    {
        var spans = stroke.Length - 1;
        for (var i = 0; i < spans; i++)
        {
            var (a, b) = (points[stroke[Math.Max(i - 1, 0)]], points[stroke[i]]);
            var (c, d) = (points[stroke[i + 1]], points[stroke[Math.Min(i + 2, spans)]]);
            var from = b;
            for (var piece = 1; piece <= PiecesPerSpan; piece++)
            {
                var t = (double)piece / PiecesPerSpan;
                var to = (Spline(a.X, b.X, c.X, d.X, t), Spline(a.Y, b.Y, c.Y, d.Y, t));
                var along = 2 * (i + t) / spans - 1;
                DrawPiece(from, to, hand.Radius * (1 + hand.Pressure * along), hand.Edge);
                from = to;
            }
        }
    }

    private static double Spline(double a, double b, double c, double d, double t) =>
        b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));

    /// <summary>Covers every pixel near the straight piece by its distance; pixels far away are never looked at.</summary>
    private void DrawPiece((double X, double Y) from, (double X, double Y) to, double radius, double edge)
    {
        var reach = radius + 0.5 * edge;
        int left = First(Math.Min(from.X, to.X) - reach), right = Last(Math.Max(from.X, to.X) + reach);
        int top = First(Math.Min(from.Y, to.Y) - reach), bottom = Last(Math.Max(from.Y, to.Y) + reach);
        double dx = to.X - from.X, dy = to.Y - from.Y, perLength = 1 / (dx * dx + dy * dy + 1e-12);
        for (var row = top; row <= bottom; row++)
            for (var column = left; column <= right; column++)
            {
                double x = column + 0.5 - from.X, y = row + 0.5 - from.Y;
                var t = Math.Clamp((x * dx + y * dy) * perLength, 0, 1);
                (x, y) = (x - t * dx, y - t * dy);
                var square = x * x + y * y;
                if (square >= reach * reach) continue;
                var cover = Math.Min((reach - Math.Sqrt(square)) / edge, 1);
                ref var pixel = ref coverage[row * size + column];
                if (cover > pixel) pixel = cover;
            }
    }

    private int First(double edge) => (int)Math.Clamp(edge, 0, size);

    private int Last(double edge) => (int)Math.Clamp(edge, -1, size - 1);
}
