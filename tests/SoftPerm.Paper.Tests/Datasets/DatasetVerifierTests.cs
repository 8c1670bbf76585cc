using SoftPerm.Paper.Datasets;
using SoftPerm.TestKit;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Datasets;

public sealed class DatasetVerifierTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly PublishedDataset toy;

    public DatasetVerifierTests()
    {
        (toy, var files) = Idx.Toy();
        foreach (var (file, bytes) in toy.Files.Zip(files)) folder.Bytes(file.Name, bytes);
    }

    [Fact]
    public void Every_file_is_told_with_what_is_in_it()
    {
        Assert.Equal(["5 images of 3×2", "5 labels", "3 images of 3×2", "3 labels"], DatasetVerifier.Verify(toy, folder.Path).Select(f => f.Content));
        Assert.Equal(toy.Files.Select(f => (folder.At(f.Name), f.Md5)), DatasetVerifier.Verify(toy, folder.Path).Select(f => (f.Path, f.Md5)));
        Assert.Equal(toy.Files.Select(f => folder.At(f.Name)), DatasetVerifier.Found(toy, folder.Path).Select(f => f.FullName));
    }

    [Fact]
    public void The_structure_counts_even_where_the_checksum_is_right()
    {
        var swapped = toy with { Files = [toy.Files[0], toy.Files[3], toy.Files[2], toy.Files[1]] };
        Assert.Contains("3 labels for the 5 images", Assert.Throws<UserErrorException>(() => DatasetVerifier.Verify(swapped, folder.Path).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        File.Delete(folder.At(toy.Files[3].Name));
        Assert.Equal(3, DatasetVerifier.Found(toy, folder.Path).Count);
        Assert.Contains(toy.Files[3].Name, Assert.Throws<UserErrorException>(() => DatasetVerifier.Verify(toy, folder.Path).Count()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unpacked_files_of_CIFAR_are_read_too()
    {
        var archive = folder.Bytes(PublishedDataset.Cifar10.Files[0].Name, [1, 2, 3]);
        var cifar = PublishedDataset.Cifar10 with { Files = [new PublishedFile(Path.GetFileName(archive), DataFile.Md5([1, 2, 3]))] };
        Assert.Equal("archive of 3 bytes", Assert.Single(DatasetVerifier.Verify(cifar, folder.Path)).Content);
        Directory.CreateDirectory(CifarArchive.FolderOf(archive));
        foreach (var name in CifarArchive.FileNames) File.WriteAllBytes(Path.Combine(CifarArchive.FolderOf(archive), name), new byte[3073]);
        Assert.Contains("has 1 images where 10000 were published", Assert.Throws<UserErrorException>(() => DatasetVerifier.Verify(cifar, folder.Path).Count()).Message, StringComparison.Ordinal);
    }

    public void Dispose() => folder.Dispose();
}
