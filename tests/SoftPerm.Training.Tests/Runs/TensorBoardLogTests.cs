using System.Buffers.Binary;
using System.Text;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using SoftPerm.Training.Runs;
using SoftPerm.Training.Tests.Common;
using Tensorboard;
using Xunit;

namespace SoftPerm.Training.Tests.Runs;

public sealed class TensorBoardLogTests : IDisposable
{
    private static readonly MetricRow Trained = new(10, 1e-3, 2, SortMetrics.Of(1.5, .5, .25), null);
    private static readonly MetricRow Validated = new(20, 1e-4, 1, SortMetrics.Of(1.25, .625, .5), SortMetrics.Of(1.75, .375, .125));
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_file_reads_back_with_every_scalar_under_its_tag()
    {
        Write(Trained, Validated);
        var events = Read(Assert.Single(Directory.GetFiles(folder.At("logs"))));
        Assert.Equal("brain.Event:2", events[0].FileVersion);
        Assert.Equal(
            ["train/loss 1.5", "train/rank_accuracy 0.5", "train/permutation_accuracy 0.25", "schedule/learning_rate 0.001", "schedule/temperature 2", "speed/images_per_second 1000"],
            Scalars(events[2]));
        Assert.Equal(
            ["train/loss 1.25", "train/rank_accuracy 0.625", "train/permutation_accuracy 0.5", "validation/loss 1.75", "validation/rank_accuracy 0.375", "validation/permutation_accuracy 0.125",
             "schedule/learning_rate 0.0001", "schedule/temperature 1", "speed/images_per_second 1000"],
            Scalars(events[3]));
        Assert.Equal([10, 20], events.Skip(2).Select(e => e.Step));
    }

    [Fact]
    public void Wall_time_is_in_seconds_and_finer_than_one()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1e3 - 1e-3;
        Write(Trained);
        var after = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1e3 + 1e-3;
        Assert.All(Read(Directory.GetFiles(folder.At("logs"))[0]), e => Assert.InRange(e.WallTime, before, after));
    }

    [Fact]
    public void A_resumed_run_starts_a_later_file_and_withdraws_what_it_repeats()
    {
        Write(Trained, Validated);
        Write(Validated);
        var files = Directory.GetFiles(folder.At("logs")).Order(StringComparer.Ordinal).ToArray();
        Assert.Equal(2, files.Length);
        var restart = Read(files[1])[1];
        Assert.Equal(SessionLog.Types.SessionStatus.Start, restart.SessionLog.Status);
        Assert.Equal(20, restart.Step);
    }

    [Fact]
    public void Files_of_the_same_second_are_read_in_the_order_they_were_started()
    {
        var rows = Enumerable.Range(1, 12).Select(step => Trained with { Step = step }).ToArray();
        foreach (var row in rows) Write(row);
        var steps = Directory.GetFiles(folder.At("logs")).Order(StringComparer.Ordinal).Select(path => Read(path)[1].Step);
        Assert.Equal(rows.Select(row => (long)row.Step), steps);
    }

    [Fact]
    public void A_row_is_in_the_file_as_soon_as_it_is_written()
    {
        using var log = new TensorBoardLog(folder.At("logs"));
        log.Write(Trained, 1);
        Assert.Equal(3, Read(Directory.GetFiles(folder.At("logs"))[0]).Count);
    }

    [Fact]
    public void No_tensor_is_made()
    {
        using var log = new TensorBoardLog(folder.At("logs"));
        TensorLeak.Check(() => log.Write(Validated, 1)); // counts on this thread: other tests make tensors meanwhile
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named()
    {
        File.WriteAllText(folder.At("logs"), "");
        Assert.Contains(folder.At("logs"), Assert.Throws<UserErrorException>(() => new TensorBoardLog(folder.At("logs"))).Message);
    }

    [Fact]
    public void The_checksum_is_the_one_of_the_standard() // CRC-32C of "123456789" is e3069283 in every catalogue of checksums
    {
        var crc = 0xe3069283u;
        Assert.Equal(((crc >> 15) | (crc << 17)) + 0xa282ead8u, TensorBoardLog.MaskedCrc("123456789"u8));
        Assert.Equal(crc, Crc32C("123456789"u8));
    }

    private void Write(params MetricRow[] rows)
    {
        using var log = new TensorBoardLog(folder.At("logs"));
        foreach (var row in rows) log.Write(row, 1000);
    }

    private static IEnumerable<string> Scalars(Event e) =>
        e.Summary.Value.Select(v => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{v.Tag} {v.SimpleValue}"));

    /// <summary>Reads TFRecords and checks both checksums of each, bit by bit from the definition.</summary>
    private static List<Event> Read(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        var events = new List<Event>();
        while (stream.Position < stream.Length)
        {
            var length = reader.ReadBytes(8);
            Assert.Equal(Mask(Crc32C(length)), reader.ReadUInt32());
            var data = reader.ReadBytes(checked((int)BinaryPrimitives.ReadUInt64LittleEndian(length)));
            Assert.Equal(Mask(Crc32C(data)), reader.ReadUInt32());
            events.Add(Event.Parser.ParseFrom(data));
        }

        return events;
    }

    private static uint Mask(uint crc) => ((crc >> 15) | (crc << 17)) + 0xa282ead8u;

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) * 0x82f63b78u);
        }

        return ~crc;
    }
}
