using System.Formats.Tar;
using System.IO.Compression;
using SoftPerm.Paper.Datasets;
using SoftPerm.TestKit;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Datasets;

public sealed class CifarArchiveTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Archive => folder.At("cifar-10-binary.tar.gz");

    private string Unpacked => folder.At("cifar-10-batches-bin");

    [Fact]
    public void The_files_of_images_are_unpacked_and_nothing_else()
    {
        Pack([.. CifarArchive.FileNames, "readme.html", "../escaped.txt"]);
        CifarArchive.Unpack(Archive);
        Assert.Equal([Unpacked, Archive], Directory.GetFileSystemEntries(folder.Path).Order(StringComparer.Ordinal).OrderByDescending(Directory.Exists));
        Assert.Equal(CifarArchive.FileNames.Order(), Directory.GetFiles(Unpacked).Select(p => Path.GetFileName(p)).Order());
        Assert.Equal("data_batch_3.bin", File.ReadAllText(Path.Combine(Unpacked, "data_batch_3.bin")));
    }

    [Fact]
    public void What_is_unpacked_stays_and_what_a_killed_process_left_goes()
    {
        Directory.CreateDirectory(Unpacked + ".part");
        File.WriteAllText(Path.Combine(Unpacked + ".part", "data_batch_1.bin"), "half");
        Pack([.. CifarArchive.FileNames]);
        CifarArchive.Unpack(Archive);
        File.Delete(Archive);
        CifarArchive.Unpack(Archive);
        Assert.Equal("data_batch_1.bin", File.ReadAllText(Path.Combine(Unpacked, "data_batch_1.bin")));
    }

    [Fact]
    public void An_archive_that_lacks_a_file_is_not_unpacked()
    {
        Pack([.. CifarArchive.FileNames.Skip(1)]);
        Assert.Equal($"{Archive} lacks data_batch_1.bin.", Assert.Throws<UserErrorException>(() => CifarArchive.Unpack(Archive)).Message);
        Assert.Equal([Archive], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_cut_archive_is_not_unpacked()
    {
        Pack([.. CifarArchive.FileNames]);
        File.WriteAllBytes(Archive, File.ReadAllBytes(Archive)[..^200]);
        Assert.Contains(Archive, Assert.Throws<UserErrorException>(() => CifarArchive.Unpack(Archive)).Message, StringComparison.Ordinal);
        Assert.Equal([Archive], Directory.GetFileSystemEntries(folder.Path));
    }

    public void Dispose() => folder.Dispose();

    /// <summary>Each file holds its own name.</summary>
    private void Pack(string[] names)
    {
        using var tar = new TarWriter(new GZipStream(File.Create(Archive), CompressionLevel.Fastest));
        foreach (var name in names)
            tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"cifar-10-batches-bin/{name}") { DataStream = new MemoryStream([.. name.Select(c => (byte)c)]) });
    }
}
