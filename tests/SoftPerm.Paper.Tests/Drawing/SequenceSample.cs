using SoftPerm.Paper.Drawing;

namespace SoftPerm.Paper.Tests.Drawing;

/// <summary>Sequences of plain images: item i has a black bar at the height of its number.</summary>
internal static class SequenceSample
{
    /// <summary>Four images of 3, 9, 1, 7; found 9, 3, 7, 1: the middle two are wrong.</summary>
    public static SequenceDrawing Four() => Of([3, 9, 1, 7], [1, 0, 3, 2]);

    public static SequenceDrawing Of(int[] numbers, int[] order, int height = 28, int width = 28) => new(
        [.. numbers.Select(n => Bar(n, height, width))], height, width, numbers, [.. numbers.Select((_, i) => 1.5 - Array.IndexOf(order, i))], order);

    private static float[] Bar(int number, int height, int width)
    {
        var pixels = new float[height * width];
        pixels.AsSpan((height - 2 - 2 * number) * width, 2 * width).Fill(1);
        return pixels;
    }
}
