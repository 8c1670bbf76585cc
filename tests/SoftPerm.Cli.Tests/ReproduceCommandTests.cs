using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class ReproduceCommandTests : IDisposable
{
    private readonly Tool tool = new();

    public void Dispose() => tool.Dispose();

    [Theory]
    [InlineData("table1", "--items", "deterministic, stochastic, vanilla, sinkhorn, gumbel-sinkhorn, reinforce, reinforce-leave-one-out", "3, 5, 9, 7, 15")]
    [InlineData("table2", "--items", "deterministic, stochastic, vanilla, sinkhorn, gumbel-sinkhorn, deterministic-shared, stochastic-shared, sinkhorn-shared, gumbel-sinkhorn-shared", "5, 9, 15")]
    [InlineData("table3", "--datasets", "pixels, pca, autoencoder, deterministic, stochastic, cnn", "mnist, fashion-mnist")]
    [InlineData("table4", "--items", "deterministic, stochastic", "3, 5, 7, 9, 15")]
    [InlineData("table5", "--k", "deterministic, stochastic", "1, 3, 5, 9")]
    [InlineData("figure7", "--items", "stochastic", "3, 5, 9")]
    [InlineData("figure8", "--items", "deterministic, stochastic, deterministic-shared", "5, 9, 15")]
    public void Help_names_the_methods_and_the_columns(string name, string option, string methods, string columns)
    {
        var help = string.Join(' ', Tool.Run("reproduce", name, "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        foreach (var word in methods.Split(", ").Concat(columns.Split(", ")).Append(option)) Assert.Contains(word, help, StringComparison.Ordinal);
        Assert.Contains(methods, help, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("table1", "--minutes", "0", "--minutes is 0; allowed: 1e-9 to 100000.")]
    [InlineData("table1", "--minutes", "1,5", "--minutes is '1,5'; it must be a number")]
    [InlineData("table1", "--methods", "vanilla,bogosort", "--methods has 'bogosort'; allowed: deterministic, stochastic, vanilla")]
    [InlineData("table1", "--items", "4", "--items has '4'; allowed: 3, 5, 7, 9, 15.")]
    [InlineData("table1", "--datasets", "mnist", "'--datasets'")]
    [InlineData("table1", "--data", "", "--data is empty; name a folder")]
    [InlineData("table1", "--out", "", "folder has an empty name; name a folder")]
    [InlineData("table3", "--datasets", "cifar-10", "--datasets has 'cifar-10'; allowed: mnist, fashion-mnist.")]
    [InlineData("table5", "--k", "2", "--k has '2'; allowed: 1, 3, 5, 9.")]
    [InlineData("page", "--out", "", "folder has an empty name; name a folder")]
    [InlineData("page", "--minutes", "1", "'--minutes'")]
    [InlineData("table6", "--minutes", "1", "'table6' is no command of softperm reproduce; did you mean 'table1'?")]
    [InlineData("tables", "--minutes", "1", "'tables' is no command of softperm reproduce; did you mean 'table1'?")]
    [InlineData("figures", "--minutes", "1", "is no command of softperm reproduce")]
    [InlineData("table3", "--methods pixels,pca --minutes", "1", "--minutes would not be used: none of these cells is trained for a time")]
    [InlineData("table1", "--methods deterministic,reinforce --items", "7", "--methods has 'reinforce', which table1 has no cell of with these --items")]
    [InlineData("table1", "--methods reinforce --items", "3,15", "--items has '15', which table1 has no cell of with these --methods")]
    [InlineData("table1", "--data", "nowhere", "nowhere' does not exist; --data names a folder that holds data sets")]
    public void Mistakes_are_told_in_a_line(string name, string option, string value, string expected) =>
        Tool.Refuses(Tool.Run(["reproduce", name, .. option.Split(' '), value]), expected);

    [Fact]
    public void Data_that_is_missing_is_named_with_the_way_to_get_it()
    {
        var outcome = Tool.Run("reproduce", "table2", "--data", tool["nowhere"], "--out", tool["out"]);
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output.Trim()));
        Assert.Contains("softperm data fetch mnist", Assert.Single(outcome.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(tool["out"]));
    }

    [Fact]
    public void A_page_is_written_from_what_there_is_and_again_the_same()
    {
        var outcome = Tool.Run("reproduce", "page", "--out", tool["out"]);
        var page = Path.Combine(tool["out"], "README.md");
        Assert.Equal((0, $"Page: {page}", ""), (outcome.ExitCode, outcome.Output.Trim(), outcome.Error));
        var bytes = File.ReadAllBytes(page);
        Tool.Run("reproduce", "page", "--out", tool["out"]);
        Assert.Equal(bytes, File.ReadAllBytes(page));
        Tool.Refuses(Tool.Run("reproduce", "page", "--out", Path.Combine(tool.Text("file", "x"), "out")), "file");
    }
}
