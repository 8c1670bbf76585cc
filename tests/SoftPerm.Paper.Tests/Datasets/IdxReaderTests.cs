using SoftPerm.Paper.Datasets;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Datasets;

public sealed class IdxReaderTests
{
    public enum Fault { TrailingByte, LostByte, HeaderCut, Empty, WrongMagic, NegativeCount, NoRows, LabelAboveNine }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Raw_and_gzip_files_give_their_images_and_labels(bool packed)
    {
        byte[] images = Idx.Images(12), labels = Idx.Labels(12);
        var set = packed ? Read(Idx.Gzip(images), Idx.Gzip(labels)) : Read(images, labels);
        Assert.Equal((12, 1, 3, 2), (set.Count, set.Channels, set.Height, set.Width));
        Assert.Equal(images[16..], set.Pixels);
        Assert.Equal(labels[8..], set.Labels);
        Assert.Equal(images.AsSpan(22, 6), set.Image(1));
    }

    [Theory]
    [InlineData(Fault.TrailingByte, "images", "has 47 bytes where 5 images of 3×2 take 46")]
    [InlineData(Fault.LostByte, "images", "has 45 bytes where 5 images of 3×2 take 46")]
    [InlineData(Fault.HeaderCut, "images", "ends after 7 bytes, within its header of 16")]
    [InlineData(Fault.Empty, "images", "ends after 0 bytes")]
    [InlineData(Fault.WrongMagic, "images", "magic number is 0x800, not 0x803")]
    [InlineData(Fault.NegativeCount, "images", "header says -16777211 images")]
    [InlineData(Fault.NoRows, "images", "5 images of 0×2")]
    [InlineData(Fault.TrailingByte, "labels", "has 14 bytes where 5 labels take 13")]
    [InlineData(Fault.LostByte, "labels", "has 12 bytes where 5 labels take 13")]
    [InlineData(Fault.HeaderCut, "labels", "ends after 7 bytes, within its header of 8")]
    [InlineData(Fault.Empty, "labels", "ends after 0 bytes")]
    [InlineData(Fault.WrongMagic, "labels", "magic number is 0x800, not 0x801")]
    [InlineData(Fault.NegativeCount, "labels", "-16777211 labels")]
    [InlineData(Fault.LabelAboveNine, "labels", "label 4 is 10, not one of 0 to 9")]
    public void A_malformed_file_is_refused_by_name_and_reason(Fault fault, string file, string reason)
    {
        byte[] images = Idx.Images(5), labels = Idx.Labels(5);
        var message = file == "images" ? Refusal(Planted(images, fault), labels) : Refusal(images, Planted(labels, fault));
        Assert.StartsWith($"some/{file} is no valid IDX file: ", message, StringComparison.Ordinal);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains(reason, file == "images" ? Refusal(Idx.Gzip(Planted(images, fault)), labels) : Refusal(images, Idx.Gzip(Planted(labels, fault))), StringComparison.Ordinal);
    }

    [Fact]
    public void Images_and_labels_must_be_as_many()
    {
        var message = Refusal(Idx.Images(5), Idx.Labels(4));
        Assert.Contains("some/labels", message, StringComparison.Ordinal);
        Assert.Contains("4 labels for the 5 images of some/images", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gzip_file_cut_anywhere_is_refused()
    {
        var packed = Idx.Gzip(Idx.Images(5));
        for (var length = 2; length < packed.Length; length++) // below 2 bytes nothing says that it is gzip
            Assert.Contains("some/images is no valid IDX file", Refusal(packed[..length], Idx.Labels(5)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_gzip_file_with_an_altered_byte_of_data_or_checksum_is_refused()
    {
        var packed = Idx.Gzip(Idx.Images(5));
        for (var at = 10; at < packed.Length; at++) // the ten bytes before are the header, with a time and a system that mean nothing
        {
            var altered = packed.ToArray();
            altered[at] ^= 0x10;
            Assert.Contains("some/images is no valid IDX file", Refusal(altered, Idx.Labels(5)), StringComparison.Ordinal);
        }
    }

    private static byte[] Planted(byte[] file, Fault fault)
    {
        var bytes = file.ToArray();
        switch (fault)
        {
            case Fault.TrailingByte: return [.. bytes, 0];
            case Fault.LostByte: return bytes[..^1];
            case Fault.HeaderCut: return bytes[..7];
            case Fault.Empty: return [];
            case Fault.WrongMagic: bytes[3] = 0; break;
            case Fault.NegativeCount: bytes[4] = 0xFF; break;
            case Fault.NoRows: bytes[11] = 0; break;
            case Fault.LabelAboveNine: bytes[^1] = 10; break;
        }

        return bytes;
    }

    private static ImageSet Read(byte[] images, byte[] labels) => IdxReader.Read("some/images", images, "some/labels", labels);

    private static string Refusal(byte[] images, byte[] labels) => Assert.Throws<UserErrorException>(() => Read(images, labels)).Message;
}
