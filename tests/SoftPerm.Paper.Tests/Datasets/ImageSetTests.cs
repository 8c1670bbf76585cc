using SoftPerm.Paper.Datasets;
using Xunit;

namespace SoftPerm.Paper.Tests.Datasets;

public sealed class ImageSetTests
{
    private static readonly ImageSet Three = new(1, 1, 2, [1, 2, 3, 4, 5, 6], [7, 8, 9]);

    [Fact]
    public void An_image_is_its_part_of_the_pixels() => Assert.Equal([3, 4], Three.Image(1).ToArray());

    [Fact]
    public void A_slice_holds_the_named_images()
    {
        var slice = Three.Slice(1, 2);
        Assert.Equal([3, 4, 5, 6], slice.Pixels);
        Assert.Equal([8, 9], slice.Labels);
    }

    [Fact]
    public void Picked_images_stand_in_the_order_of_their_indices()
    {
        var picked = Three.Pick([2, 0, 2]);
        Assert.Equal([5, 6, 1, 2, 5, 6], picked.Pixels);
        Assert.Equal([9, 7, 9], picked.Labels);
        Assert.Throws<ArgumentOutOfRangeException>(() => Three.Pick([0, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Three.Pick([-1]));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(2, 2)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void A_slice_beyond_the_set_is_refused(int start, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Three.Slice(start, count));

    [Fact]
    public void Pixels_that_do_not_fit_the_labels_are_refused() =>
        Assert.Throws<ArgumentException>(() => new ImageSet(1, 1, 2, [1, 2, 3], [7, 8]));
}
