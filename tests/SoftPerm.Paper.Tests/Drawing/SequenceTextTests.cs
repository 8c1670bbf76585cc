using SoftPerm.Paper.Drawing;
using Xunit;

namespace SoftPerm.Paper.Tests.Drawing;

public sealed class SequenceTextTests
{
    [Fact]
    public void Images_numbers_scores_and_marks_stand_below_each_other()
    {
        var lines = SequenceText.Render(SequenceSample.Four()).Split('\n');
        Assert.Equal("as given", lines[0]);
        Assert.Equal("   3        9        1        7", lines[5]);
        Assert.Equal(" 0.50     1.50     -1.50    -0.50", lines[6]);
        Assert.Equal("order found, largest first: 2 of 4 places right", lines[8]);
        Assert.Equal("  9 ✓      3 ✗      7 ✗      1 ✓", lines[13]);
        Assert.Equal(" 1.50     0.50     -0.50    -1.50", lines[14]);
        Assert.All(lines[1..5].Concat(lines[9..13]), line => Assert.Matches("^[\u2800-\u28ff ]+$", line));
    }

    [Fact]
    public void Every_dot_of_two_by_two_pixels_has_its_bit()
    {
        // Ink in dot (row r, column c) alone; Unicode numbers the dots 1 2 3 7 down the left and 4 5 6 8 down the right.
        int[,] bits = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };
        for (var r = 0; r < 4; r++)
        {
            for (var c = 0; c < 2; c++)
            {
                var pixels = new float[8 * 4];
                for (var k = 0; k < 4; k++) pixels[(2 * r + k / 2) * 4 + 2 * c + k % 2] = 1;
                var text = SequenceText.Render(new SequenceDrawing([pixels], 8, 4, [1], [0], [0]));
                Assert.Equal((char)(0x2800 + bits[r, c]), text.Split('\n')[1][0]);
            }
        }
    }

    [Fact]
    public void Faint_ink_is_left_out()
    {
        var text = SequenceText.Render(new SequenceDrawing([[.. Enumerable.Repeat(.2f, 32)]], 8, 4, [1], [0], [0]));
        Assert.Equal('\u2800', text.Split('\n')[1][0]);
    }

    [Fact]
    public void Colour_is_there_only_when_asked_for()
    {
        Assert.DoesNotContain('\e', SequenceText.Render(SequenceSample.Four()));
        var coloured = SequenceText.Render(SequenceSample.Four(), colour: true);
        Assert.Contains("\e[32m  9 ✓  \e[0m", coloured);
        Assert.Contains("\e[31m  3 ✗  \e[0m", coloured);
        var plain = coloured.Replace("\e[32m", "").Replace("\e[31m", "").Replace("\e[0m", "");
        Assert.Equal(Trimmed(SequenceText.Render(SequenceSample.Four())), Trimmed(plain));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(80)]
    [InlineData(20)]
    public void Lines_keep_to_the_columns(int columns)
    {
        var sequence = SequenceSample.Of([.. Enumerable.Range(0, 12)], [.. Enumerable.Range(0, 12).Reverse()], height: 32, width: 28);
        var tiles = SequenceText.Render(sequence, columns: columns).Split('\n').Where(line => !line.StartsWith("order") && !line.StartsWith("as "));
        Assert.All(tiles, line => Assert.InRange(line.Length, 0, columns));
        Assert.Contains(tiles, line => line.Length > columns - 10);
    }

    [Fact]
    public void Odd_sizes_are_drawn_too()
    {
        var text = SequenceText.Render(SequenceSample.Of([1, 0], [0, 1], height: 9, width: 7));
        Assert.Contains("2 of 2 places right", text);
    }

    [Fact]
    public void Parts_that_do_not_belong_together_are_refused() =>
        Assert.Throws<ArgumentException>(() => SequenceText.Render(SequenceSample.Four() with { Numbers = [1] }));

    private static IEnumerable<string> Trimmed(string text) => text.Split('\n').Select(line => line.TrimEnd());
}
