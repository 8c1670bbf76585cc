using SkiaSharp;
using SoftPerm.Paper.Datasets;
using SoftPerm.Paper.Drawing;
using SoftPerm.TestKit;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Drawing;

public sealed class NeighbourPictureTests : IDisposable
{
    private const int Margin = 32, Heading = 58, Tile = 140, Line = Tile + 88, FirstNeighbour = Margin + Tile + 30 + 22, Step = Tile + 22;
    private static readonly SKColor Right = SKColor.Parse("#1a7f37"), Wrong = SKColor.Parse("#cf222e");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Neighbours_of_the_querys_label_are_green_and_others_red()
    {
        using var picture = Draw(Query(label: 3, predicted: 3, 3, 5, 3));
        for (var place = 0; place < 3; place++)
        {
            var left = FirstNeighbour + place * Step;
            Assert.Equal(place != 1, Count(picture, Right, left, left + Tile) > 300);
            Assert.Equal(place == 1, Count(picture, Wrong, left, left + Tile) > 300);
        }
    }

    [Theory, InlineData(3, true), InlineData(5, false)]
    public void The_label_found_is_green_where_right_and_red_where_wrong(byte predicted, bool right)
    {
        using var picture = Draw(Query(label: 3, predicted, 3, 5, 3));
        Assert.Equal(right, Count(picture, Right, Margin, Margin + Tile) > 20);
        Assert.Equal(!right, Count(picture, Wrong, Margin, Margin + Tile) > 20);
    }

    [Fact]
    public void Grey_images_are_ink_on_paper_and_colours_stay()
    {
        using var grey = Draw(Query(1, 1, 2));
        Assert.Equal(new SKColor(155, 155, 155), grey.GetPixel(Margin + Tile / 2, Margin + Heading + Tile / 2)); // 100 of 255 ink
        var colour = new ImageSet(3, 28, 28, [.. new byte[] { 10, 120, 250 }.SelectMany(value => Enumerable.Repeat(value, 28 * 28))], [1]);
        using var picture = Draw(new NeighbourDrawing(colour, colour, [0.5], 1));
        Assert.Equal(new SKColor(10, 120, 250), picture.GetPixel(FirstNeighbour + Tile / 2, Margin + Heading + Tile / 2));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 9, 1)]
    [InlineData(2, 13, 2)] // lines of at most 12, evened out
    public void Queries_stand_below_each_other_and_many_neighbours_break_into_lines(int queries, int neighbours, int lines)
    {
        var query = Query(1, 1, [.. Enumerable.Repeat((byte)1, neighbours)]);
        using var picture = Draw([.. Enumerable.Repeat(query, queries)]);
        Assert.Equal(2 * Margin + Heading + queries * lines * Line, picture.Height);
        Assert.Equal(Math.Max(960, FirstNeighbour + (neighbours + lines - 1) / lines * Step - 22 + Margin), picture.Width);
        Assert.Equal(SKColors.White, picture.GetPixel(picture.Width - 1, picture.Height - 1));
    }

    [Fact]
    public void Long_names_are_written_smaller()
    {
        var query = Query(1, 0, 0);
        NeighbourPicture.Draw([query], folder.At("names.png"), ["an unusually long name", "short"]);
        using var picture = SKBitmap.Decode(folder.At("names.png"));
        Assert.Equal(0, Count(picture, Wrong, Margin + Tile + 2, FirstNeighbour - 4)); // what was found stays below its tile
        Assert.True(Count(picture, Wrong, Margin, Margin + Tile) > 20);
    }

    [Fact]
    public void What_does_not_belong_together_is_refused()
    {
        var query = Query(1, 1, 2);
        Assert.Throws<ArgumentException>(() => Draw());
        Assert.Throws<ArgumentException>(() => Draw(query with { Distances = [] }));
        Assert.Throws<ArgumentException>(() => Draw(query with { Query = query.Query.Pick([0, 0]) }));
        Assert.Throws<ArgumentException>(() => Draw(query with { Neighbours = query.Neighbours.Slice(0, 0) }));
        Assert.Throws<ArgumentException>(() => Draw(query with { Query = new ImageSet(1, 1, 1, [0], [0]) }));
        var error = Assert.Throws<UserErrorException>(() => NeighbourPicture.Draw([query], folder.At("missing", "x.png")));
        Assert.Contains(folder.At("missing"), error.Message, StringComparison.Ordinal);
    }

    private SKBitmap Draw(params NeighbourDrawing[] queries)
    {
        NeighbourPicture.Draw(queries, folder.At("neighbours.png"));
        return SKBitmap.Decode(folder.At("neighbours.png"));
    }

    private static NeighbourDrawing Query(byte label, byte predicted, params byte[] neighbours) =>
        new(Grey(label), Grey(neighbours), [.. neighbours.Select((_, place) => 1.25 + place)], predicted);

    private static ImageSet Grey(params byte[] labels) => new(1, 28, 28, [.. Enumerable.Repeat((byte)100, labels.Length * 28 * 28)], labels);

    private static int Count(SKBitmap picture, SKColor color, int left, int right) =>
        (from y in Enumerable.Range(0, picture.Height)
         from x in Enumerable.Range(left, right - left)
         where picture.GetPixel(x, y) == color
         select 1).Count();
}
