using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using Google.Protobuf;
using SoftPerm.Training.IO;
using Tensorboard;

namespace SoftPerm.Training.Runs;

/// <summary>Writes a run's scalars for TensorBoard, which reads the folder tensorboard of a run.</summary>
/// <remarks>
/// The messages are the ones TorchSharp carries. Its own <c>SummaryWriter</c> keeps wall time in float32, 128 seconds apart,
/// which spoils TensorBoard's time axes; so the records are framed here. Each log is a new file; its first row tells
/// TensorBoard to forget what an interrupted run wrote from that step on.
/// </remarks>
public sealed class TensorBoardLog : IDisposable
{
    private static int files;
    private readonly string path;
    private readonly FileStream file;
    private bool resumed;

    /// <summary>Starts an event file.</summary>
    /// <param name="directory">The folder for it, made if missing.</param>
    /// <exception cref="UserErrorException">The file cannot be created.</exception>
    public TensorBoardLog(string directory)
    {
        // TensorBoard reads the files of a folder in the order of their names: by the second, then, within one process, by the count.
        var name = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{(long)Now():D10}.{Environment.ProcessId}.{Interlocked.Increment(ref files):D6}");
        path = Path.Join(directory, name);
        file = FileGuard.Get("write", path, () =>
        {
            Directory.CreateDirectory(directory);
            return new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        });
        Write(new Event { WallTime = Now(), FileVersion = "brain.Event:2" });
    }

    /// <summary>Writes the scalars of a row and flushes them to the file.</summary>
    /// <param name="row">The row; without validation, its values are left out.</param>
    /// <param name="itemsPerSecond">Training speed.</param>
    /// <exception cref="UserErrorException">The file cannot be written.</exception>
    public void Write(MetricRow row, double itemsPerSecond)
    {
        if (!resumed) Write(new Event { WallTime = Now(), Step = row.Step, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });
        resumed = true;
        var summary = new Summary();
        foreach (var (tag, value) in Scalars(row, itemsPerSecond))
            summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
        Write(new Event { WallTime = Now(), Step = row.Step, Summary = summary });
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => file.Dispose();

    private static IEnumerable<(string Tag, double Value)> Scalars(MetricRow row, double itemsPerSecond) =>
    [
        .. Scalars("train", row.Training),
        .. row.Validation is { } validation ? Scalars("validation", validation) : [],
        ("schedule/learning_rate", row.LearningRate),
        ("schedule/temperature", row.Temperature),
        ("speed/images_per_second", itemsPerSecond),
    ];

    private static IEnumerable<(string Tag, double Value)> Scalars(string group, Metrics outcome) =>
        outcome.Measures.Select(m => (m.Name, m.Value)).Prepend(("loss", outcome.Loss)).Select(m => ($"{group}/{m.Item1}", m.Item2));

    /// <summary>One TFRecord: length, its checksum, the message, its checksum; little-endian.</summary>
    private void Write(Event message) => FileGuard.Run("write", path, () =>
    {
        var data = message.ToByteArray();
        var record = new byte[12 + data.Length + 4];
        BinaryPrimitives.WriteInt64LittleEndian(record, data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(8), MaskedCrc(record.AsSpan(0, 8)));
        data.CopyTo(record, 12);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(12 + data.Length), MaskedCrc(data));
        file.Write(record);
        file.Flush();
    });

    /// <summary>CRC-32C, rotated and offset as the TFRecord format asks.</summary>
    internal static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes) crc = BitOperations.Crc32C(crc, b);
        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8;
    }

    private static double Now() => (DateTime.UtcNow - DateTime.UnixEpoch).TotalSeconds;
}
