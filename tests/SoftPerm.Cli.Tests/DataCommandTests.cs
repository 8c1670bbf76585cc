using SoftPerm.Paper.Datasets;
using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class DataCommandTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void List_names_every_set_and_how_to_get_it()
    {
        var outcome = Data("list");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.Equal(1 + PublishedDataset.All.Count, lines.Length);
        Assert.Matches("^generated +always there", lines[0]);
        Assert.All(PublishedDataset.All.Zip(lines.Skip(1)), pair =>
            Assert.Matches($@"^{pair.First.Name} +not found; softperm data fetch {pair.First.Name} \(about \d+ MB\)$", pair.Second));
    }

    [Fact]
    public void List_tells_where_files_are_and_how_large()
    {
        Plant(1_500_000);
        Assert.Contains($"mnist          {folder.At("mnist")} (1 of 4 files, 1.5 MB)", Data("list").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_without_a_name_only_mentions_what_is_not_there()
    {
        Plant(10);
        var outcome = Data("verify");
        Assert.All(PublishedDataset.All.Skip(1), d => Assert.Contains($"{d.Name}: not found; softperm data fetch {d.Name}", outcome.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void Verify_of_a_folder_that_holds_none_fails() =>
        Tool.Refuses(Data("verify"), $"'{folder.Path}' holds none of mnist, fashion-mnist, cifar-10: there is nothing to verify.");

    [Theory]
    [InlineData("list")]
    [InlineData("verify")]
    public void A_folder_that_is_none_is_named(string command)
    {
        Tool.Refuses(Tool.Run("data", command, "--data", folder.At("absent")), $"'{folder.At("absent")}' does not exist; --data names a folder that holds data sets");
        Tool.Refuses(Tool.Run("data", command, "--data", folder.Text("file", "")), $"'{folder.At("file")}' is a file; --data names a folder");
        Tool.Refuses(Tool.Run("data", command, "--data", ""), "--data is empty; name a folder.");
    }

    [Fact]
    public void Verify_of_a_named_set_that_is_not_there_fails() => Tool.Refuses(Data("verify", "fashion-mnist"), "softperm data fetch fashion-mnist");

    [Fact]
    public void Verify_of_an_altered_file_fails_with_both_sums()
    {
        var path = Plant(10);
        Tool.Refuses(Data("verify", "mnist"), $"{path} is not the file of mnist: its MD5 is a63c90cc3684ad8b0a2176a6a8fe9005, not f68b3c2dcbeaaa9fbdd348bbdeb94873"); // of ten zero bytes
        var all = Data("verify");
        Assert.Equal(1, all.ExitCode);
        Assert.Contains(path, Assert.Single(all.ErrorLines), StringComparison.Ordinal);
        Assert.Contains("cifar-10: not found", all.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify", "mnits", "There is no data set 'mnits'; choose one of: mnist, fashion-mnist, cifar-10.")]
    [InlineData("fetch", "mnits", "There is no data set 'mnits'; choose one of: mnist, fashion-mnist, cifar-10.")]
    [InlineData("fetch", "generated", "drawn when it is needed")]
    public void Unknown_names_are_refused(string command, string name, string expected) => Tool.Refuses(Data(command, name), expected);

    [Fact]
    public void Fetch_into_a_folder_that_cannot_be_made_names_it()
    {
        var file = folder.Text("file", "");
        Tool.Refuses(Tool.Run("data", "fetch", "mnist", "--data", file), $"Cannot make '{Path.Combine(file, "mnist")}'");
    }

    [Fact]
    public void Real_files_are_verified_and_fetch_keeps_them()
    {
        var root = RealData.FolderWith("mnist") ?? "";
        Assert.SkipUnless(PublishedDataset.Mnist.Files.All(f => File.Exists(Path.Combine(root, "mnist", f.Name))), "MNIST is not here in its published form.");
        var verified = Tool.Run("data", "verify", "mnist", "--data", root);
        Assert.Equal((0, ""), (verified.ExitCode, verified.Error));
        Assert.Contains("train-images-idx3-ubyte.gz: 60000 images of 28×28, MD5 f68b3c2dcbeaaa9fbdd348bbdeb94873: right", verified.Output, StringComparison.Ordinal);
        var fetched = Tool.Run("data", "fetch", "mnist", "--data", root);
        Assert.Equal((0, ""), (fetched.ExitCode, fetched.Error));
        Assert.Equal(4, fetched.Output.Split("there already").Length - 1);
    }

    public void Dispose() => folder.Dispose();

    private Tool.Outcome Data(params string[] args) => Tool.Run(["data", .. args, "--data", folder.Path]);

    private string Plant(int zeros)
    {
        Directory.CreateDirectory(folder.At("mnist"));
        File.WriteAllBytes(folder.At("mnist", "train-images-idx3-ubyte.gz"), new byte[zeros]);
        return folder.At("mnist", "train-images-idx3-ubyte.gz");
    }
}
