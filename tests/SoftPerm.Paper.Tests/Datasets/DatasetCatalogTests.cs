using SoftPerm.Paper.Datasets;
using SoftPerm.TestKit;
using SoftPerm.Training;
using Xunit;

namespace SoftPerm.Paper.Tests.Datasets;

public sealed class DatasetCatalogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly PublishedDataset toy;
    private readonly byte[][] files;

    public DatasetCatalogTests() => (toy, files) = Idx.Toy();

    [Fact]
    public void Search_takes_the_folder_given_alone_or_else_that_of_the_variable_and_then_the_cache()
    {
        string? Set(string name) => name switch { DataFolders.Variable => "/mine", "XDG_CACHE_HOME" => "/cache", _ => null };
        var cache = Path.Combine("/cache", "softperm", "data");
        Assert.Equal(["/given"], DataFolders.Searched("/given", Set));
        Assert.Equal(["/mine", cache], DataFolders.Searched(null, Set));
        Assert.Equal([cache], DataFolders.Searched(null, name => name == DataFolders.Variable ? "" : Set(name)));
        Assert.EndsWith(Path.Combine("softperm", "data"), Assert.Single(DataFolders.Searched(null, _ => null)), StringComparison.Ordinal);
        Assert.Equal(Path.Combine("/given", "toy"), DataFolders.Target(toy, "/given"));
    }

    [Theory]
    [InlineData("toy", "-idx", true)]
    [InlineData("", "-idx", true)]
    [InlineData("toy", "-idx", false)]
    [InlineData("", ".idx", false)]
    public void Files_are_found_in_the_sets_own_folder_or_loose_packed_or_not(string own, string infix, bool packed)
    {
        Write(own, packed, name => name.Replace("-idx", infix, StringComparison.Ordinal));
        var data = DatasetCatalog.OpenIdx(toy, folder.Path);
        Assert.Equal(("toy", 5, 3), (data.Name, data.Train.Count, data.Test.Count));
        Assert.Equal(Idx.Images(5)[16..], data.Train.Pixels);
        Assert.Equal(4, data.Checksums.Count);
        Assert.Contains(packed ? toy.Files[0].Md5 : toy.Files[0].UnpackedMd5!, data.Checksums.Values);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_altered_file_is_refused_with_both_checksums(bool packed)
    {
        Write("toy", packed, name => name);
        var path = Directory.GetFiles(folder.At("toy"), "t10k-images*").Single();
        var bytes = File.ReadAllBytes(path);
        var right = DataFile.Md5(bytes);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        var message = Assert.Throws<UserErrorException>(() => DatasetCatalog.OpenIdx(toy, folder.Path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains($"its MD5 is {DataFile.Md5(bytes)}, not {right}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_lists_the_places_and_the_way_to_get_it()
    {
        var error = Assert.Throws<UserErrorException>(() => DatasetCatalog.OpenIdx(toy, null));
        var message = error.Message;
        Assert.Contains("train-images-idx3-ubyte.gz of toy", message, StringComparison.Ordinal);
        Assert.Contains($"none of: {string.Join(", ", DataFolders.Searched(null))}. Name its folder", message, StringComparison.Ordinal);
        Assert.Equal(new FetchDataset("toy", null), error.Remedy);
        Assert.Contains(folder.Path, Assert.Throws<UserErrorException>(() => DatasetCatalog.Open("mnist", folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mnist")]
    [InlineData("cifar-10")]
    [InlineData("cifar-10-sample")]
    public void A_folder_given_that_is_none_or_holds_nothing_is_named_with_what_it_must_hold(string name)
    {
        var file = folder.Text("rank.csv", "1\n");
        UserErrorException Error(string path) => Assert.Throws<UserErrorException>(() => DatasetCatalog.Open(name, path));
        string Refusal(string path) => Error(path).Message;
        Assert.StartsWith($"'{file}' is a file; 'DataDirectory' names a folder that holds data sets, such as ", Refusal(file), StringComparison.Ordinal);
        Assert.StartsWith($"'{folder.At("absent")}' does not exist; 'DataDirectory' names a folder that holds data sets, such as ", Refusal(folder.At("absent")), StringComparison.Ordinal);
        Assert.StartsWith(name == "cifar-10-sample" ? $"data_batch_1_first4000.bin is in none of: {folder.Path}" : $"'{folder.Path}' does not hold {name}: ", Refusal(folder.Path), StringComparison.Ordinal);
        if (name != "cifar-10-sample") Assert.Equal(new FetchDataset(name, folder.Path), Error(folder.Path).Remedy);
    }

    [Fact]
    public void A_slice_of_cifar_is_split_into_training_and_test_images()
    {
        File.WriteAllBytes(folder.At("data_batch_1_first4000.bin"), [.. Enumerable.Range(0, 1100).SelectMany(i => (byte[])[(byte)(i % 10), .. new byte[3072]])]);
        var data = DatasetCatalog.Open("cifar-10-sample", folder.Path);
        Assert.Equal((100, 1000, 3, 32), (data.Train.Count, data.Test.Count, data.Train.Channels, data.Train.Height));
        Assert.Equal(0, data.Test.Labels[0]);
    }

    [Fact]
    public void A_slice_of_cifar_that_is_too_short_is_refused()
    {
        File.WriteAllBytes(folder.At("data_batch_1_first4000.bin"), new byte[3073 * 10]);
        Assert.Contains("has 10 images; more than 1000", Assert.Throws<UserErrorException>(() => DatasetCatalog.Open("cifar-10-sample", folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mnits")]
    [InlineData("cifar-100")]
    public void Another_name_is_refused_with_those_allowed(string name) => Assert.Equal(
        $"There is no data set '{name}'; choose one of: generated, mnist, fashion-mnist, cifar-10, cifar-10-sample.",
        Assert.Throws<UserErrorException>(() => DatasetCatalog.Open(name, null)).Message);

    [Theory]
    [InlineData("mnist", new byte[] { 5, 0, 4, 1, 9 }, new byte[] { 7, 2, 1, 0, 4 })]
    [InlineData("fashion-mnist", new byte[] { 9, 0, 0, 3, 0 }, new byte[] { 9, 2, 1, 1, 6 })]
    public void The_real_sets_are_whole(string name, byte[] train, byte[] test)
    {
        var root = RealData.FolderWith(name);
        Assert.SkipWhen(root is null, $"{name} is not here.");
        var data = DatasetCatalog.Open(name, root);
        Assert.Equal((60_000, 10_000, 28, 28), (data.Train.Count, data.Test.Count, data.Train.Height, data.Train.Width));
        Assert.Equal(train, data.Train.Labels[..5]);
        Assert.Equal(test, data.Test.Labels[..5]);
        var splits = DigitSplits.Of(data);
        Assert.Equal((55_000, 5_000, 10_000), (splits.Train.Count, splits.Validation.Count, splits.Test.Count));
    }

    public void Dispose() => folder.Dispose();

    private void Write(string own, bool packed, Func<string, string> rename)
    {
        byte[][] raw = [Idx.Images(5), Idx.Labels(5), Idx.Images(3), Idx.Labels(3)];
        Directory.CreateDirectory(folder.At(own));
        foreach (var (file, k) in toy.Files.Select((f, k) => (f, k)))
            File.WriteAllBytes(folder.At(own, rename(packed ? file.Name : file.Name[..^3])), packed ? files[k] : raw[k]);
    }
}
