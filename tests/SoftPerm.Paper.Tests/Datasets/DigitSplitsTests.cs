using SoftPerm.Paper.Datasets;
using Xunit;

namespace SoftPerm.Paper.Tests.Datasets;

public sealed class DigitSplitsTests
{
    [Fact]
    public void Sets_of_MNISTs_size_split_as_in_the_paper()
    {
        var splits = DigitSplits.Of(Numbered(60_000, 10_000));
        Assert.Equal((55_000, 5_000, 10_000), (splits.Train.Count, splits.Validation.Count, splits.Test.Count));
    }

    [Fact]
    public void Splits_share_no_image_and_lose_none()
    {
        var data = Numbered(240, 40);
        var splits = DigitSplits.Of(data);
        Assert.Equal((220, 20, 40), (splits.Train.Count, splits.Validation.Count, splits.Test.Count));
        Assert.Equal(Enumerable.Range(0, 280), new[] { splits.Train, splits.Validation, splits.Test }.SelectMany(Numbers));
        Assert.Equal(data.Train.Labels, splits.Train.Labels.Concat(splits.Validation.Labels));
    }

    /// <summary>Images of four pixels that hold their own number; the test's go on where the training's end.</summary>
    private static ImageDataset Numbered(int train, int test) =>
        new("numbered", Numbered(Enumerable.Range(0, train)), Numbered(Enumerable.Range(train, test)), new Dictionary<string, string>());

    private static ImageSet Numbered(IEnumerable<int> numbers) =>
        new(1, 2, 2, [.. numbers.SelectMany(BitConverter.GetBytes)], [.. numbers.Select(n => (byte)(n % 10))]);

    private static IEnumerable<int> Numbers(ImageSet set) => Enumerable.Range(0, set.Count).Select(i => BitConverter.ToInt32(set.Image(i)));
}
