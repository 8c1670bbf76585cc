using SoftPerm.Experiments.Files;
using Xunit;

namespace SoftPerm.Experiments.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Text_is_written_without_a_byte_order_mark()
    {
        AtomicFile.WriteAllText(folder["a.txt"], "é");
        Assert.Equal([0xC3, 0xA9], File.ReadAllBytes(folder["a.txt"]));
    }

    [Fact]
    public void An_earlier_file_is_replaced_and_nothing_else_is_left()
    {
        AtomicFile.WriteAllText(folder["a.txt"], "a long earlier text");
        AtomicFile.WriteAllText(folder["a.txt"], "new");
        Assert.Equal("new", File.ReadAllText(folder["a.txt"]));
        Assert.Equal([folder["a.txt"]], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_failure_keeps_the_earlier_file_and_removes_the_temporary_one()
    {
        AtomicFile.WriteAllText(folder["a.txt"], "old");
        var failure = Assert.Throws<IOException>(() => AtomicFile.Write(folder["a.txt"], stream =>
        {
            stream.WriteByte(1);
            throw new IOException("No space left on device");
        }));
        Assert.Equal("No space left on device", failure.Message);
        Assert.Equal("old", File.ReadAllText(folder["a.txt"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void The_name_is_not_taken_before_the_content_is_whole()
    {
        AtomicFile.Write(folder["a.txt"], stream =>
        {
            stream.WriteByte(1);
            Assert.False(File.Exists(folder["a.txt"]));
        });
        Assert.True(File.Exists(folder["a.txt"]));
    }

    [Fact]
    public void A_symbolic_link_stays_a_link()
    {
        folder.Text("real.txt", "old");
        File.CreateSymbolicLink(folder["link.txt"], folder["real.txt"]);
        AtomicFile.WriteAllText(folder["link.txt"], "new");
        Assert.NotNull(new FileInfo(folder["link.txt"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(folder["real.txt"]));
    }

    [Fact]
    public void A_folder_of_that_name_and_a_missing_folder_are_refused()
    {
        Directory.CreateDirectory(folder["taken"]);
        Assert.Contains("is a folder", Assert.Throws<IOException>(() => AtomicFile.WriteAllText(folder["taken"], "")).Message, StringComparison.Ordinal);
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.WriteAllText(folder["absent/a.txt"], ""));
    }

    public void Dispose() => folder.Dispose();
}
