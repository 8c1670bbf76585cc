using SoftPerm.TestKit;
using SoftPerm.Training.IO;
using SoftPerm.Training.Tests.Common;
using Xunit;

namespace SoftPerm.Training.Tests.IO;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string FilePath => folder.At("a file.txt");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_new_file_holds_the_text_as_utf8_without_mark()
    {
        AtomicFile.WriteAllText(FilePath, "τ = 1\n");
        Assert.Equal([0xCF, 0x84, .. " = 1\n"u8], File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void A_file_is_replaced_and_nothing_else_is_left()
    {
        AtomicFile.WriteAllText(FilePath, "a long first version");
        AtomicFile.WriteAllText(FilePath, "second");
        Assert.Equal("second", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_relative_path_is_taken_from_the_current_folder()
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, FilePath);
        AtomicFile.WriteAllText(relative, "here");
        Assert.Equal("here", File.ReadAllText(FilePath));
    }

    [Fact]
    public void A_failing_writer_keeps_the_old_file_and_leaves_no_temporary()
    {
        AtomicFile.WriteAllText(FilePath, "old");
        var e = Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(FilePath, stream =>
        {
            stream.Write(new byte[100_000]);
            throw new InvalidOperationException("planted");
        }));
        Assert.Equal("planted", e.Message);
        Assert.Equal("old", File.ReadAllText(FilePath));
        Assert.Equal([FilePath], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void The_old_file_stands_until_the_new_one_is_whole()
    {
        AtomicFile.WriteAllText(FilePath, "old");
        AtomicFile.Write(FilePath, stream =>
        {
            stream.Write("new"u8);
            stream.Flush();
            Assert.Equal("old", File.ReadAllText(FilePath));
        });
        Assert.Equal("new", File.ReadAllText(FilePath));
    }

    [Fact]
    public void A_missing_folder_is_an_error_of_the_file_system() =>
        Assert.ThrowsAny<IOException>(() => AtomicFile.WriteAllText(folder.At("missing", "file"), ""));

    [Fact]
    public void What_cannot_be_written_is_told_by_the_name_given()
    {
        using var disk = new SmallDisk();
        disk.MakeReadOnly();
        File.WriteAllText(FilePath, "");
        foreach (var path in new[] { folder.At("missing", "file"), Path.Join(FilePath, "file"), Path.Join(disk.Path, "file") })
        {
            var message = Record.Exception(() => AtomicFile.WriteAllText(path, ""))!.Message;
            Assert.DoesNotContain("partial", message, StringComparison.Ordinal);
            Assert.Contains(Path.GetDirectoryName(path)!, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_folder_in_the_way_is_an_error_and_leaves_no_temporary()
    {
        Directory.CreateDirectory(FilePath);
        var e = Record.Exception(() => AtomicFile.WriteAllText(FilePath, "text"));
        Assert.Equal($"{FilePath} is a folder; a file cannot take its name.", Assert.IsType<IOException>(e).Message);
        Assert.Equal([FilePath], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_symbolic_link_stays_a_link()
    {
        File.WriteAllText(folder.At("real"), "old");
        File.CreateSymbolicLink(FilePath, folder.At("real"));
        AtomicFile.WriteAllText(FilePath, "new");
        Assert.Equal(folder.At("real"), new FileInfo(FilePath).LinkTarget);
        Assert.Equal("new", File.ReadAllText(folder.At("real")));
    }

    [Fact]
    public void A_full_disk_keeps_the_old_file_and_leaves_no_temporary()
    {
        using var disk = new SmallDisk();
        var path = Path.Join(disk.Path, "file");
        AtomicFile.WriteAllText(path, "old");
        Assert.ThrowsAny<IOException>(() => AtomicFile.Write(path, stream => stream.Write(new byte[2_000_000])));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(disk.Path));
    }
}
