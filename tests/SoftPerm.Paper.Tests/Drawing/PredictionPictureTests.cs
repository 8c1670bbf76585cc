using SkiaSharp;
using SoftPerm.Paper.Drawing;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Paper.Tests.Drawing;

public sealed class PredictionPictureTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(4.5)] // among the true ones
    [InlineData(-40)]
    [InlineData(150)]
    [InlineData(0)]   // on the frame
    public void Predictions_are_in_the_picture_wherever_they_lie(double predicted) =>
        Assert.InRange(BluePixels([3, 9], [predicted, predicted]), 10, 200);

    [Fact]
    public void Predictions_that_are_no_numbers_leave_the_others_where_they_are() =>
        Assert.InRange(BluePixels([3, 9, 5, 4], [4, 5, double.NaN, double.PositiveInfinity]), 10, 200);

    /// <summary>Pixels of points, which are of the one colour that is bluer than it is red.</summary>
    private int BluePixels(double[] truth, double[] predictions)
    {
        PredictionPicture.Draw(truth, predictions, folder.At("picture.png"), "title");
        using var picture = SKBitmap.Decode(folder.At("picture.png"));
        return picture.Pixels.Count(pixel => pixel.Blue > pixel.Red + 40);
    }
}
