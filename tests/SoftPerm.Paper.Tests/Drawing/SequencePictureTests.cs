using SkiaSharp;
using SoftPerm.Paper.Drawing;
using SoftPerm.TestKit;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Drawing;

public sealed class SequencePictureTests : IDisposable
{
    private static readonly SKColor Right = SKColor.Parse("#1a7f37"), Wrong = SKColor.Parse("#cf222e");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Right_places_are_green_and_wrong_ones_red_in_the_lower_row_alone()
    {
        using var picture = Draw(SequenceSample.Four());
        var half = picture.Height / 2;
        for (var place = 0; place < 4; place++)
        {
            int left = 32 + place * (112 + 18), right = left + 112;
            var isRight = place is 0 or 3;
            Assert.Equal(isRight, Count(picture, Right, left, right, half) > 300);
            Assert.Equal(!isRight, Count(picture, Wrong, left, right, half) > 300);
        }

        Assert.Equal(0, Count(picture, Right, 0, picture.Width, 0, half) + Count(picture, Wrong, 0, picture.Width, 0, half));
    }

    [Fact]
    public void The_images_stand_in_input_order_above_and_in_the_order_found_below()
    {
        using var picture = Draw(SequenceSample.Four());
        Assert.Equal([3, 9, 1, 7], Enumerable.Range(0, 4).Select(place => NumberShown(picture, place, top: 32 + 58)));
        Assert.Equal([9, 3, 7, 1], Enumerable.Range(0, 4).Select(place => NumberShown(picture, place, top: picture.Height / 2 + 58)));
    }

    [Theory]
    [InlineData(5, 112, 1256)]   // one line: 5 tiles of 224, gaps of 18, margins of 32
    [InlineData(15, 112, 1982)]  // two lines of at most 8
    [InlineData(1, 28, 680)]     // never narrower than its headings
    [InlineData(33, 112, 1740)]  // five lines of at most 7
    public void Many_images_break_into_lines(int count, int width, int pictureWidth)
    {
        using var picture = Draw(SequenceSample.Of([.. Enumerable.Range(0, count).Select(i => i % 10)], [.. Enumerable.Range(0, count)], width: width));
        Assert.Equal(pictureWidth, picture.Width);
    }

    [Fact]
    public void The_background_is_white_and_opaque()
    {
        using var picture = Draw(SequenceSample.Four());
        Assert.Equal(SKColors.White, picture.GetPixel(0, 0));
        Assert.Equal(SKColors.White, picture.GetPixel(picture.Width - 1, picture.Height - 1));
    }

    [Fact]
    public void Parts_that_do_not_belong_together_are_refused() =>
        Assert.Throws<ArgumentException>(() => SequencePicture.Draw(SequenceSample.Four() with { Numbers = [1] }, folder.At("sequence.png")));

    [Fact]
    public void A_picture_that_cannot_be_written_is_named() =>
        Assert.Contains(folder.At("missing"), Assert.Throws<UserErrorException>(() => SequencePicture.Draw(SequenceSample.Four(), folder.At("missing", "x.png"))).Message);

    private SKBitmap Draw(SequenceDrawing sequence)
    {
        SequencePicture.Draw(sequence, folder.At("sequence.png"));
        return SKBitmap.Decode(folder.At("sequence.png"));
    }

    /// <summary>The bar's height in a tile of 28 pixels drawn four times as large.</summary>
    private static int NumberShown(SKBitmap picture, int place, int top)
    {
        var x = 32 + place * (112 + 18) + 56;
        var darkest = Enumerable.Range(0, 14).MinBy(bar => picture.GetPixel(x, top + 8 * bar + 4).Red);
        return 13 - darkest;
    }

    private static int Count(SKBitmap picture, SKColor color, int left, int right, int top, int? bottom = null) =>
        (from y in Enumerable.Range(top, (bottom ?? picture.Height) - top)
         from x in Enumerable.Range(left, right - left)
         where picture.GetPixel(x, y) == color
         select 1).Count();
}
