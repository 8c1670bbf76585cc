using SkiaSharp;
using SoftPerm.Paper.Drawing;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Paper.Tests.Drawing;

public sealed class QuantilePictureTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_set_has_its_images_numbers_and_figures_within_the_picture()
    {
        using var picture = Draw(Set(3), Set(3));
        var ink = Enumerable.Range(0, picture.Height).Where(y => Row(picture, y).Any(pixel => pixel.Red < 100)).ToArray();
        Assert.True(ink[0] > 10 && ink[^1] < picture.Height - 10);
        // The images are all ink: each of the six is a black box, three to a set.
        var boxes = Enumerable.Range(0, picture.Height).Count(y => Row(picture, y).Count(pixel => pixel == SKColors.Black) > 3 * 80);
        Assert.InRange(boxes, 2 * 90, 2 * 130);
        Assert.DoesNotContain(Enumerable.Range(0, picture.Height), y => picture.GetPixel(picture.Width - 20, y) != SKColors.White);
    }

    [Fact]
    public void Long_sets_are_broken_into_lines()
    {
        using var one = Draw(Set(12));
        using var two = Draw(Set(13));
        Assert.Equal(one.Width, two.Width);
        Assert.True(two.Height > one.Height + 90);
    }

    [Fact]
    public void Sets_that_do_not_belong_together_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Draw());
        Assert.Contains("needs as many", Assert.Throws<ArgumentException>(() => Draw(Set(3) with { Numbers = [1] })).Message, StringComparison.Ordinal);
        Assert.Contains("must be 28x28", Assert.Throws<ArgumentException>(() => Draw(Set(3), Set(3) with { Width = 56 })).Message, StringComparison.Ordinal);
    }

    private static QuantileDrawing Set(int items) => new(
        [.. Enumerable.Range(0, items).Select(_ => Enumerable.Repeat(1f, 28 * 28).ToArray())], 28, 28, [.. Enumerable.Range(0, items)], 1, 1.25);

    private static IEnumerable<SKColor> Row(SKBitmap picture, int y) => Enumerable.Range(0, picture.Width).Select(x => picture.GetPixel(x, y));

    private SKBitmap Draw(params QuantileDrawing[] sets)
    {
        QuantilePicture.Draw(sets, 0.5, 100, folder.At("sets.png"));
        return SKBitmap.Decode(folder.At("sets.png"));
    }
}
