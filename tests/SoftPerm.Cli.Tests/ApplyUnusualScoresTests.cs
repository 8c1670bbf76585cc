using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class ApplyUnusualScoresTests : IDisposable
{
    private readonly Tool tool = new();

    [Fact]
    public void One_item_is_its_own_sort()
    {
        var outcome = tool.Apply("[-7]", "--values", tool.Text("values.json", "[3]"), "--upstream", tool.Text("up.json", "[2]"));
        Assert.Equal("""{"order":[0],"ranks":[0],"sorted":[-7],"matrix":[[1]],"applied":[[3]],"grad_scores":[0],"grad_values":[[2]],"grad_temperature":0}""", outcome.Output.TrimEnd().Replace(":-0", ":0", StringComparison.Ordinal).Replace("[-0", "[0", StringComparison.Ordinal));
    }

    [Fact]
    public void Equal_scores_share_every_place_and_keep_their_order()
    {
        var outcome = tool.Apply("[2, 2, 2, 2]");
        Assert.Equal([0, 1, 2, 3], outcome.Numbers("order"));
        Assert.Equal(Enumerable.Repeat(0.25, 16), outcome.Numbers("matrix"));
    }

    [Fact]
    public void Scores_far_apart_give_the_exact_permutation()
    {
        var outcome = tool.Apply("[-1e30, 1e30, 0]");
        Assert.Equal([1, 2, 0], outcome.Numbers("order"));
        Assert.Equal([0, 1, 0, 0, 0, 1, 1, 0, 0], outcome.Numbers("matrix"));
    }

    [Fact]
    public void NaN_stays_in_its_own_row_of_the_batch()
    {
        var outcome = tool.Apply("[[1, NaN, 3], [3, 2, 1]]");
        Assert.Equal(0, outcome.ExitCode);
        Assert.All(outcome.Numbers("matrix")[..9], p => Assert.Equal(double.NaN, p));
        Compare.Close(tool.Apply("[3, 2, 1]").Numbers("matrix"), outcome.Numbers("matrix").AsSpan(9), relative: 1e-14);
        Assert.Contains("\"NaN\"", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Infinite_scores_take_the_first_and_the_last_place()
    {
        var outcome = tool.Apply("[1, \"-Infinity\", Infinity]");
        Assert.Equal([2, 0, 1], outcome.Numbers("order"));
        Assert.Equal([0, 0, 1, 1, 0, 0, 0, 1, 0], outcome.Numbers("matrix"));
    }

    [Fact]
    public void Results_that_are_not_finite_can_be_read_back()
    {
        var values = tool.Text("values.json", "[Infinity, NaN, \"-Infinity\"]");
        var outcome = tool.Apply("[1e30, 0, -1e30]", "--no-matrix", "--values", values, "--out", tool["out.json"]);
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal("""{"order":[0,1,2],"ranks":[0,1,2],"sorted":[1E+30,0,-1E+30],"applied":[["Infinity"],["NaN"],["-Infinity"]]}""", File.ReadAllText(tool["out.json"]).TrimEnd());
    }

    public void Dispose() => tool.Dispose();
}
