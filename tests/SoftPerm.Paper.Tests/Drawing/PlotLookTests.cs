using ScottPlot;
using SkiaSharp;
using SoftPerm.Paper.Drawing;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Paper.Tests.Drawing;

public sealed class PlotLookTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_last_label_of_an_axis_has_room_at_the_right()
    {
        PredictionPicture.Draw([10_000], [5_000], folder.At("picture.png"), "title");
        using var picture = SKBitmap.Decode(folder.At("picture.png"));
        Assert.DoesNotContain(Enumerable.Range(0, picture.Height), y => picture.GetPixel(picture.Width - 3, y) != SKColors.White);
        // That of 10,000 is there: half of it stands to the right of the frame.
        Assert.Contains(Enumerable.Range(picture.Height - 100, 60), y => Enumerable.Range(picture.Width - 45, 40).Any(x => picture.GetPixel(x, y).Red < 120));
    }

    [Fact]
    public void A_letter_with_a_combining_mark_is_refused_as_few_fonts_draw_it()
    {
        using var plot = new Plot();
        Assert.Contains("combining mark", Assert.Throws<ArgumentException>(() => PlotLook.Apply(plot, "Distance of P\u0302", "x", "y")).Message, StringComparison.Ordinal);
        PlotLook.Apply(plot, "temperature τ, ‖g‖²", "x", "y");
    }
}
