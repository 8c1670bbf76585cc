using SoftPerm.Paper.Datasets;
using SoftPerm.TestKit;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Datasets;

public sealed class CifarReaderTests : IDisposable
{
    private const int Record = 3073;
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Records_are_a_label_and_three_planes()
    {
        var bytes = new byte[2 * Record];
        (bytes[0], bytes[1], bytes[Record], bytes[Record + 1 + 1024], bytes[^1]) = (9, 11, 3, 22, 33);
        var set = CifarReader.Read(folder.Bytes("batch.bin", bytes));
        Assert.Equal((2, 3, 32, 32), (set.Count, set.Channels, set.Height, set.Width));
        Assert.Equal([9, 3], set.Labels);
        Assert.Equal((11, 22, 33), (set.Image(0)[0], set.Image(1)[1024], set.Image(1)[3071]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Record - 1)]
    [InlineData(Record + 1)]
    public void Files_of_other_than_whole_records_are_refused(int length) =>
        Assert.Contains($"its {length} bytes do not make whole records of 3073", Refusal(new byte[length]), StringComparison.Ordinal);

    [Fact]
    public void A_label_above_nine_is_refused()
    {
        var bytes = new byte[2 * Record];
        bytes[Record] = 10;
        Assert.Contains("record 1 has label 10", Refusal(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains(folder.At("none"), Assert.Throws<UserErrorException>(() => CifarReader.Read(folder.At("none"))).Message, StringComparison.Ordinal);

    [Fact]
    public void The_real_sample_begins_with_a_frog()
    {
        var root = RealData.FolderWith("cifar-10-sample");
        Assert.SkipWhen(root is null, "The sample of CIFAR-10 is not here.");
        var set = CifarReader.Read(Path.Combine(root!, "cifar-10-sample", "data_batch_1_first4000.bin"));
        Assert.Equal(4000, set.Count);
        Assert.Equal([6, 9, 9, 4, 1], set.Labels[..5]);
        Assert.Equal([59, 43, 50], set.Image(0)[..3].ToArray());
        Assert.All(Enumerable.Range(0, 10), c => Assert.InRange(set.Labels.Count(l => l == c), 300, 500));
    }

    public void Dispose() => folder.Dispose();

    private string Refusal(byte[] bytes) => Assert.Throws<UserErrorException>(() => CifarReader.Read(folder.Bytes("batch.bin", bytes))).Message;
}
