using SoftPerm.Paper.Drawing;
using Xunit;

namespace SoftPerm.Paper.Tests.Drawing;

public sealed class SequenceDrawingTests
{
    [Fact]
    public void A_place_is_right_when_the_number_there_is_the_right_one()
    {
        var sequence = SequenceSample.Four();
        Assert.Equal([true, false, false, true], Enumerable.Range(0, 4).Select(sequence.IsRight));
        Assert.Equal(2, sequence.RightPlaces);
    }

    [Fact]
    public void Equal_numbers_may_change_places() =>
        Assert.Equal(3, SequenceSample.Of([5, 8, 5], [1, 2, 0]).RightPlaces);

    [Fact]
    public void Parts_that_do_not_belong_together_are_refused()
    {
        var good = SequenceSample.Four();
        good.Check();
        Refused(good with { Images = [], Numbers = [], Scores = [], FoundOrder = [] }, "no images");
        Refused(good with { Height = 27 }, "784 pixels; 27 × 28");
        Refused(good with { Numbers = [1, 2, 3] }, "3 numbers");
        Refused(good with { Scores = [1, 2, 3, 4, 5] }, "5 scores");
        Refused(good with { FoundOrder = [0, 1, 2, 2] }, "[0, 1, 2, 2]");
        Refused(good with { FoundOrder = [0, 1, 2] }, "[0, 1, 2]");
    }

    private static void Refused(SequenceDrawing sequence, string reason) =>
        Assert.Contains(reason, Assert.Throws<ArgumentException>(sequence.Check).Message);
}
