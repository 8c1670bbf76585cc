using SkiaSharp;
using SoftPerm.Paper.Drawing;
using SoftPerm.TestKit;
using SoftPerm.Training;
using SoftPerm.Training.Tests.Common;
using Xunit;

namespace SoftPerm.Paper.Tests.Drawing;

public sealed class LearningCurveTests : IDisposable
{
    private static readonly SKColor Blue = SKColor.Parse("#1f6fb4"), Orange = SKColor.Parse("#dd7a1e");
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_loss_falls_and_the_accuracies_rise_in_their_panels()
    {
        using var picture = Draw([.. Enumerable.Range(1, 200).Select(step => Row(step, validated: step % 20 == 0))]);
        Assert.Equal((1800, 1360), (picture.Width, picture.Height));
        Assert.True(MeanHeight(picture, Blue, 200, 500, 120, 600) < MeanHeight(picture, Blue, 1300, 1700, 120, 600), "training loss falls");
        Assert.True(MeanHeight(picture, Orange, 200, 500, 120, 600) < MeanHeight(picture, Orange, 1300, 1700, 120, 600), "validation loss falls");
        Assert.True(MeanHeight(picture, Blue, 200, 500, 730, 1250) > MeanHeight(picture, Blue, 1300, 1700, 730, 1250), "rank accuracy rises");
        Assert.True(MeanHeight(picture, Orange, 200, 500, 730, 1250) > MeanHeight(picture, Orange, 1300, 1700, 730, 1250), "permutation accuracy rises");
    }

    [Theory]
    [InlineData(50, 5)]
    [InlineData(5, 50)]
    public void Lists_of_different_lengths_are_named_and_push_no_line_out_of_the_legends(int training, int validation)
    {
        MetricRow[] rows = [.. Enumerable.Range(1, 200).Select(step => Row(step, validated: step % 20 == 0))];
        using var plain = Draw(rows);
        using var named = Draw(rows, new ListLengths(training, validation));
        Assert.NotEmpty(Pixels(named, Orange, 1, 1799, 55, 95));    // the legend of the loss
        Assert.NotEmpty(Pixels(named, Orange, 1, 1799, 680, 715));  // that of the accuracies, whose last line is orange
        Assert.True(Text(named, 1, 120) > Text(plain, 1, 120), "the axis of the accuracies says whose they are");

        static int Text(SKBitmap picture, int left, int right) => Pixels(picture, SKColor.Parse("#3a3f45"), left, right, 730, 1250).Count();
    }

    [Fact]
    public void Small_errors_fill_their_panel_from_zero_up()
    {
        static Metrics Error(double done) => new(1 - done, [new Measure("absolute_error", .02 * (1 - .5 * done))]);
        using var picture = Draw([.. Enumerable.Range(1, 200).Select(step =>
            new MetricRow(step, 1e-3, 1, Error(step / 200.0), step % 20 == 0 ? Error(step / 200.0) : null))]);
        var fall = MeanHeight(picture, Blue, 1500, 1700, 730, 1250) - MeanHeight(picture, Blue, 200, 400, 730, 1250);
        Assert.InRange(fall, 150, 300); // of 530 pixels: an error that halves falls by nearly half the panel, not by nothing and not by all
    }

    [Fact]
    public void A_single_row_shows_as_points()
    {
        using var picture = Draw([Row(1, validated: true)]);
        Assert.InRange(Pixels(picture, Blue, 1300, 1800, 90, 640).Count(), 20, 2000);
    }

    [Fact]
    public void Values_that_are_not_finite_are_left_out()
    {
        using var picture = Draw([Row(1, true), Row(2, true) with { Training = SortMetrics.Of(double.NaN, double.NaN, 0), Validation = SortMetrics.Of(double.PositiveInfinity, 0, 0) }, Row(3, true)]);
        Assert.NotEmpty(Pixels(picture, Blue, 200, 1700, 120, 600));
    }

    [Fact]
    public void A_run_that_diverged_from_the_start_is_still_drawn()
    {
        using var picture = Draw([Row(1, false) with { Training = SortMetrics.Of(double.NaN, 0, 0) }]);
        Assert.Equal(1800, picture.Width);
    }

    [Fact]
    public void Without_rows_there_is_nothing_to_draw() =>
        Assert.Contains("no metrics", Assert.Throws<UserErrorException>(() => LearningCurve.Draw([], folder.At("curve.png"), "title")).Message);

    [Fact]
    public void A_picture_that_cannot_be_written_is_named() =>
        Assert.Contains(folder.At("missing", "curve.png"), Assert.Throws<UserErrorException>(() => LearningCurve.Draw([Row(1, false)], folder.At("missing", "curve.png"), "title")).Message);

    private SKBitmap Draw(MetricRow[] rows, ListLengths? lengths = null)
    {
        LearningCurve.Draw(rows, folder.At("curve.png"), "a title", lengths);
        return SKBitmap.Decode(folder.At("curve.png"));
    }

    private static MetricRow Row(int step, bool validated)
    {
        var done = step / 200.0;
        return new(step, 1e-3, 1, SortMetrics.Of(2 - done, .1 + .8 * done, .6 * done), validated ? SortMetrics.Of(2.2 - done, .1 + .7 * done, .5 * done) : null);
    }

    private static double MeanHeight(SKBitmap picture, SKColor color, int left, int right, int top, int bottom) =>
        Pixels(picture, color, left, right, top, bottom).Average(p => (double)p.Y);

    private static IEnumerable<SKPointI> Pixels(SKBitmap picture, SKColor color, int left, int right, int top, int bottom) =>
        from y in Enumerable.Range(top, bottom - top)
        from x in Enumerable.Range(left, right - left)
        where picture.GetPixel(x, y) == color
        select new SKPointI(x, y);
}
