using Xunit;

namespace SoftPerm.Cli.Tests;

/// <summary>The order is that of the scores as given, whatever the relaxation and the type computed in.</summary>
public sealed class ApplyOrderTests : IDisposable
{
    private readonly Tool tool = new();

    public static TheoryData<string> Relaxations => [.. RelaxationCatalog.All.Select(known => known.Name)];

    public void Dispose() => tool.Dispose();

    [Theory, MemberData(nameof(Relaxations))]
    public void Float32_far_from_zero_keeps_order_and_ranks(string name)
    {
        var outcome = Tool.Run("apply", name, "--float32", "--scores", tool.Text("scores.json", "[1000000000003, 1000000000001, 1000000000002]"), "--temperature", "1");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal([0, 2, 1], outcome.Numbers("order"));
        Assert.Equal([0, 2, 1], outcome.Numbers("ranks").Select((rank, item) => (rank, item)).OrderBy(r => r.rank).Select(r => (double)r.item));
    }

    [Theory, MemberData(nameof(Relaxations))]
    public void Float32_far_from_zero_keeps_the_order_and_the_differences(string name)
    {
        var far = Run(name, "[1000000000003, 1000000000001, 1000000000002]");
        Assert.Equal((0, ""), (far.ExitCode, far.Error));
        Assert.Equal([0, 2, 1], far.Numbers("order"));
        Assert.Equal(Run(name, "[3, 1, 2]").Numbers("ranks"), far.Numbers("ranks"));
        Assert.Equal(Run(name, "[3, 1, 2]").Numbers("top_k"), far.Numbers("top_k"));
        Assert.All(far.Numbers("sorted").Append(far.Numbers("quantile")[0]), sorted => Assert.Equal((float)1e12, (float)sorted));
    }

    [Theory, MemberData(nameof(Relaxations))]
    public void Scores_that_float32_merges_are_computed_with_in_float64_and_the_user_is_told(string name)
    {
        var outcome = Run(name, "[0, 1000000000001, 1000000000002, 1, 2]");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal([2, 1, 4, 3, 0], outcome.Numbers("order"));
        Assert.Equal(
            "softperm: float32 does not tell all scores apart, such as 1000000000001 and 1000000000002: computed in float64, and only the results are float32.",
            Assert.Single(outcome.ErrorLines));
        var precise = Tool.Run("apply", name, "--scores", tool["scores.json"], "--temperature", "1");
        Assert.Equal(precise.Numbers("ranks").Select(rank => (float)rank), outcome.Numbers("ranks").Select(rank => (float)rank));
    }

    [Theory, MemberData(nameof(Relaxations))]
    public void Equal_and_infinite_scores_keep_the_order_without_a_word(string name)
    {
        var outcome = Run(name, "[1, Infinity, 1, -Infinity, 1000000000001]");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal([1, 4, 0, 2, 3], outcome.Numbers("order"));
        Assert.Equal([3, 0, 2, 4, 1], Run(name, "[1, Infinity, 1, -Infinity, 1000000000001]", "--ascending").Numbers("order"));
    }

    private Tool.Outcome Run(string name, string scores, params string[] more) =>
        Tool.Run(["apply", name, "--scores", tool.Text("scores.json", scores), "--temperature", "1", "--float32", "--top-k", "1", "--quantile", "0.5", "--no-matrix", .. more]);
}
