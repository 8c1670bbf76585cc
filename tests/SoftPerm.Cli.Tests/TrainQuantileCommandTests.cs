using System.Text.Json;
using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class TrainQuantileCommandTests : IDisposable
{
    private static readonly string[] Tiny =
    [
        "train", "quantile", "--quick", "--digits", "1", "--items", "3", "--quantile", "1", "--sequences", "2", "--steps", "4", "--log-every", "2",
        "--validate-every", "2", "--validation-sequences", "5", "--test-sequences", "20", "--threads", "1",
    ];

    private readonly Tool tool = new();

    public void Dispose() => tool.Dispose();

    [Fact]
    public void A_run_can_be_trained_drawn_and_taken_up_again()
    {
        var run = tool["run"];
        var trained = Tool.Run([.. Tiny, "--out", run]);
        Assert.Equal((0, ""), (trained.ExitCode, trained.Error));
        Assert.Contains("Test on 20 sets of 3: mean squared error", trained.Output, StringComparison.Ordinal);
        foreach (var file in new[] { "config.json", "metrics.csv", "result.json", "learning-curve.png", "predictions.csv", "predictions.png" })
            Assert.True(new FileInfo(Path.Combine(run, file)).Length > 0, file);

        var result = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "result.json"))).RootElement;
        Assert.Equal((4, 24), (result.GetProperty("steps").GetInt64(), result.GetProperty("imagesTrained").GetInt64()));
        Assert.Equal("quantile", result.GetProperty("config").GetProperty("task").GetString());
        Assert.True(result.GetProperty("test").GetProperty("meanSquaredError").GetDouble() >= 0);

        var drawn = Tool.Run("predict", run, "--index", "3", "--out", tool["sets.png"]);
        Assert.Equal(0, drawn.ExitCode);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(tool["sets.png"])[..4]);
        var sets = drawn.Output.Split('\n').Where(line => line.StartsWith("set ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(8, sets.Length);
        // The largest number is the quantile 1, and the test's fourth pair is that of the set of index 3.
        var truth = File.ReadAllLines(Path.Combine(run, "predictions.csv"))[4].Split(',')[0];
        Assert.Matches($@"^set 3: \d \d \d, quantile 1: {truth}, predicted ", sets[0]);
        Assert.Equal(truth, sets[0].Split(':', ',')[1].Split(' ').Max());

        var resumed = Tool.Run("train", "quantile", "--resume", run);
        Assert.Equal((0, trained.Output), (resumed.ExitCode, resumed.Output));
        Tool.Refuses(Tool.Run("eval", run), "is a run of quantile");
        Tool.Refuses(Tool.Run("predict", run, "--items", "4"), "--items is for runs of sort");
    }

    [Theory]
    [InlineData("--quantile", "1.5", "--quantile is 1.5; allowed: 0 to 1")]
    [InlineData("--quantile", "half", "--quantile is 'half'; it must be a number")]
    [InlineData("--method", "reinforce", "--method is reinforce; allowed: deterministic, stochastic, vanilla")]
    [InlineData("--items", "101", "--items is 101; allowed: 2 to 100")]
    [InlineData("--dataset", "cifar-10", "--dataset is cifar-10; allowed: generated, mnist")]
    [InlineData("--data", "", "--data is empty; name a folder")]
    [InlineData("--resume", "nowhere", "--quick cannot change a run that is resumed")]
    public void Mistakes_are_told_in_a_line_and_leave_nothing_behind(string option, string value, string expected)
    {
        Tool.Refuses(Tool.Run("train", "quantile", "--quick", "--out", tool["run"], option, value), expected);
        Assert.False(Directory.Exists(tool["run"]));
    }
}
