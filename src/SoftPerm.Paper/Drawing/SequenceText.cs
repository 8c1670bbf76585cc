using System.Globalization;
using System.Text;

namespace SoftPerm.Paper.Drawing;

/// <summary>Draws a sequence in text, for the terminal: as given and, below it, in the order found.</summary>
public static class SequenceText
{
    private const int DotsAcross = 2, DotsDown = 4; // of one Braille character
    private const int PixelsPerDot = 2;
    private const float Threshold = .3f;            // of mean ink under a dot
    private const string Gap = "  ";

    /// <summary>Draws the sequence; every line ends with a line feed.</summary>
    /// <param name="sequence">The images, their numbers and scores, and the order found.</param>
    /// <param name="colour">Whether right and wrong places are green and red besides their marks; false where output is redirected.</param>
    /// <param name="columns">Characters a line may have; a single image may take more.</param>
    /// <exception cref="ArgumentException">The parts of the sequence do not belong together.</exception>
    public static string Render(SequenceDrawing sequence, bool colour = false, int columns = 100)
    {
        sequence.Check();
        var text = new StringBuilder();
        text.Append("as given\n");
        AppendTiles(text, [.. Enumerable.Range(0, sequence.Count).Select(i => Tile(sequence, i, "", ""))], columns);
        text.Append(CultureInfo.InvariantCulture, $"order found, largest first: {sequence.RightPlaces} of {sequence.Count} places right\n");
        AppendTiles(text, [.. sequence.FoundOrder.Select((item, place) => Tile(sequence, item, Mark(sequence, place), colour ? Color(sequence, place) : ""))], columns);
        return text.ToString();
    }

    private static string Mark(SequenceDrawing sequence, int place) => sequence.IsRight(place) ? " ✓" : " ✗";

    private static string Color(SequenceDrawing sequence, int place) => sequence.IsRight(place) ? "\e[32m" : "\e[31m";

    /// <summary>The lines of a tile, all equally wide: the image, the number with its mark, the score.</summary>
    private static string[] Tile(SequenceDrawing sequence, int item, string mark, string color)
    {
        var image = Braille(sequence.Images[item], sequence.Height, sequence.Width);
        var number = sequence.Numbers[item].ToString(CultureInfo.InvariantCulture) + mark;
        var score = sequence.ScoreText(item);
        var width = Math.Max(image[0].Length, Math.Max(number.Length, 7)); // 7: "-999.99"
        var marked = color.Length == 0 ? Centre(number, width) : $"{color}{Centre(number, width)}\e[0m";
        return [.. image.Select(line => line.PadRight(width)), marked, Centre(score, width)];
    }

    private static string Centre(string text, int width) => text.PadLeft((width + text.Length) / 2).PadRight(width);

    private static void AppendTiles(StringBuilder text, string[][] tiles, int columns)
    {
        var perLine = Math.Max(1, (columns + Gap.Length) / (tiles[0][0].Length + Gap.Length));
        foreach (var line in tiles.Chunk(perLine))
        {
            for (var row = 0; row < line[0].Length; row++)
                text.Append(string.Join(Gap, line.Select(tile => tile[row])).TrimEnd()).Append('\n');
            text.Append('\n');
        }
    }

    private static string[] Braille(float[] pixels, int height, int width)
    {
        var (dotRows, dotColumns) = (height / PixelsPerDot, width / PixelsPerDot);
        var lines = new string[(dotRows + DotsDown - 1) / DotsDown];
        for (var line = 0; line < lines.Length; line++)
        {
            var top = line * DotsDown;
            lines[line] = string.Concat(Enumerable.Range(0, (dotColumns + DotsAcross - 1) / DotsAcross).Select(c => Character(top, c * DotsAcross)));
        }

        return lines;

        char Character(int top, int left)
        {
            var bits = 0;
            for (var dot = 0; dot < DotsAcross * DotsDown; dot++)
                if (IsInk(top + dot / DotsAcross, left + dot % DotsAcross)) bits |= BrailleBits[dot];
            return (char)(0x2800 + bits);
        }

        bool IsInk(int y, int x)
        {
            if (y >= dotRows || x >= dotColumns) return false;
            var ink = 0f;
            for (var k = 0; k < PixelsPerDot * PixelsPerDot; k++)
                ink += pixels[(y * PixelsPerDot + k / PixelsPerDot) * width + x * PixelsPerDot + k % PixelsPerDot];
            return ink > Threshold * PixelsPerDot * PixelsPerDot;
        }
    }

    /// <summary>The bit of each dot in Unicode's Braille block, row by row.</summary>
    private static ReadOnlySpan<byte> BrailleBits => [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80];
}
