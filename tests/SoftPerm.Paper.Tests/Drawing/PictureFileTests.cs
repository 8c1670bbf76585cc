using SoftPerm.Paper.Drawing;
using SoftPerm.TestKit;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Drawing;

public sealed class PictureFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("a.jpg", "a.jpg ends in '.jpg'; allowed is .png.")]
    [InlineData("a", "a ends in ''; allowed is .png.")]
    [InlineData("missing/a.png", "missing does not exist.")]
    [InlineData("file/a.png", "file is a file, not a folder.")]
    [InlineData("folder.png", "folder.png is a folder; name a .png file.")]
    public void Where_no_picture_can_go_is_told_by_the_name_given_and_nothing_is_left(string name, string expected)
    {
        folder.Text("file", "");
        Directory.CreateDirectory(folder.At("folder.png"));
        var message = Assert.Throws<UserErrorException>(() => PictureFile.Save(folder.At(name), 4, 4, _ => { })).Message;
        Assert.StartsWith(folder.At(name), message, StringComparison.Ordinal);
        Assert.EndsWith(expected, message, StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Theory]
    [InlineData("a.png")]
    [InlineData("a.PNG")]
    public void A_picture_is_what_its_name_says(string name)
    {
        PictureFile.Save(folder.At(name), 4, 4, _ => { });
        Assert.Equal([0x89, .. "PNG"u8], File.ReadAllBytes(folder.At(name))[..4]);
    }
}
