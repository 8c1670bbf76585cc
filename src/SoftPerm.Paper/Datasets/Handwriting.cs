using SoftPerm.Training;

namespace SoftPerm.Paper.Datasets;

/// <summary>How one digit comes out of one writer's hand: its shape on the paper, its pen and its ink.</summary>
/// <remarks>Only +, -, *, / on doubles, which IEEE 754 fixes to the last bit: the same numbers on every machine.</remarks>
internal readonly struct Handwriting
{
    private readonly double wobble, scaleX, scaleY, slant, cosine, sine, shiftX, shiftY;
    private readonly double bow, lean, swell, shear;

    public Handwriting(ref SplitMix64 random)
    {
        wobble = random.Between(0.01, 0.055);
        scaleY = random.Between(15.0, 20.5);
        scaleX = scaleY * random.Between(0.72, 1.2);
        slant = random.Between(-0.12, 0.42);
        // Tangent of half the angle: an exact rotation without a sine.
        var half = 0.13 * random.Triangular();
        cosine = (1 - half * half) / (1 + half * half);
        sine = 2 * half / (1 + half * half);
        shiftX = 1.6 * random.Triangular();
        shiftY = 1.6 * random.Triangular();
        bow = 0.35 * random.Triangular();
        lean = 0.3 * random.Triangular();
        swell = 0.45 * random.Triangular();
        shear = 0.45 * random.Triangular();
        Radius = random.Between(0.75, 1.75);
        Pressure = 0.3 * random.Triangular();
        Edge = random.Between(0.9, 1.7);
        Ink = random.Between(200.0, 270.0);
        Grain = random.Between(0.0, 0.22);
    }

    /// <summary>Half the width of the line, in pixels.</summary>
    public double Radius { get; }

    /// <summary>By which share the line is thicker at a stroke's end than in its middle; negative: thinner.</summary>
    public double Pressure { get; }

    /// <summary>Over how many pixels the line's edge fades.</summary>
    public double Edge { get; }

    /// <summary>Grey value of full ink; above 255 it saturates.</summary>
    public double Ink { get; }

    /// <summary>By which share at most a pixel's ink is lighter than it should be.</summary>
    public double Grain { get; }

    /// <summary>Where the hand puts the glyph's points, in pixels of a canvas <paramref name="size"/> wide and high.</summary>
    public (double X, double Y)[] Place(Glyph glyph, int size, ref SplitMix64 random)
    {
        var placed = new (double X, double Y)[glyph.Points.Length];
        double left = double.MaxValue, right = double.MinValue, top = double.MaxValue, bottom = double.MinValue;
        for (var i = 0; i < placed.Length; i++)
        {
            var p = placed[i] = OnPaper(glyph.Points[i], ref random);
            (left, right) = (Math.Min(left, p.X), Math.Max(right, p.X));
            (top, bottom) = (Math.Min(top, p.Y), Math.Max(bottom, p.Y));
        }
        var moveX = 0.5 * (size - left - right) + shiftX;
        var moveY = 0.5 * (size - top - bottom) + shiftY;
        for (var i = 0; i < placed.Length; i++) placed[i] = (placed[i].X + moveX, placed[i].Y + moveY);
        return placed;
    }

    private (double X, double Y) OnPaper((double X, double Y) point, ref SplitMix64 random)
    {
        // 1. The glyph's box around the origin, one unit high; the hand wobbles.
        var x = (point.X - 35) / 100 + wobble * 2 * random.Triangular();
        var y = (point.Y - 50) / 100 + wobble * 2 * random.Triangular();
        // 2. A smooth bend of the whole shape: the four second-order terms that people's hands differ by.
        (x, y) = (x + bow * y * y + swell * x * y, y + lean * x * x + shear * x * y);
        // 3. Size, slant, rotation.
        (x, y) = (scaleX * (x - slant * y), scaleY * y);
        return (cosine * x - sine * y, sine * x + cosine * y);
    }
}

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
