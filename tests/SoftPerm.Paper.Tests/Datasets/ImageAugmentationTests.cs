using SoftPerm.Paper.Datasets;
using Xunit;

namespace SoftPerm.Paper.Tests.Datasets;

public sealed class ImageAugmentationTests
{
    private const int Side = 9, Count = 2000;

    // Images of two channels, each with one bright pixel in the middle.
    private static readonly ImageSet Points = new(2, Side, Side, [.. Enumerable.Range(0, Count).SelectMany(_ => Image())], [.. Enumerable.Range(0, Count).Select(k => (byte)k)]);

    [Fact]
    public void Images_move_evenly_by_up_to_four_pixels_in_all_channels_alike()
    {
        var varied = Points.CropAndFlip(seed: 1, first: 0);
        Assert.Equal(Points.Labels, varied.Labels);
        var places = Enumerable.Range(0, Count).Select(k => Place(varied.Image(k))).ToArray();
        // 81 places of 25 draws on average each; an empty one once in a billion.
        Assert.Equal(81, places.Distinct().Count());
    }

    [Fact]
    public void Half_of_the_images_are_mirrored()
    {
        byte[] rising = [.. Enumerable.Range(0, Side * Side).Select(k => (byte)(1 + k % Side))];
        var images = new ImageSet(1, Side, Side, [.. Enumerable.Range(0, Count).SelectMany(_ => rising)], new byte[Count]);
        var varied = images.CropAndFlip(seed: 1, first: 0);
        // A standard deviation of 22; six of them.
        Assert.InRange(Enumerable.Range(0, Count).Count(k => Falls(varied.Image(k))), 866, 1134);

        static bool Falls(ReadOnlySpan<byte> image)
        {
            var middle = image.Slice(Side * (Side / 2), Side).Trim((byte)0); // no draw moves all of it out
            return middle[0] > middle[^1];
        }
    }

    [Fact]
    public void Equal_draws_make_equal_images_wherever_they_stand()
    {
        var all = Points.CropAndFlip(seed: 1, first: 0);
        Assert.Equal(all.Pixels[^Points.ImageSize..], Points.Slice(0, 1).CropAndFlip(1, Count - 1).Pixels);
        Assert.NotEqual(all.Pixels, Points.CropAndFlip(seed: 2, first: 0).Pixels);
    }

    private static byte[] Image()
    {
        var image = new byte[2 * Side * Side];
        image[Side * Side / 2] = 200;
        image[Side * Side + Side * Side / 2] = 100;
        return image;
    }

    private static int Place(ReadOnlySpan<byte> image)
    {
        var place = image.IndexOf((byte)200);
        Assert.Equal(place + Side * Side, image.IndexOf((byte)100));
        Assert.Equal(2, image.Length - image.Count((byte)0));
        return place;
    }
}
