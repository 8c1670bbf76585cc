using System.Text.Json;
using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class TrainCommandTests : IDisposable
{
    private static readonly string[] Tiny =
    [
        "train", "sort", "--digits", "1", "--items", "3", "--train-items", "5", "--sequences", "2", "--steps", "4", "--network", "small",
        "--log-every", "2", "--validate-every", "2", "--validation-sequences", "5", "--test-sequences", "20", "--threads", "1",
    ];

    private readonly Tool tool = new();

    public void Dispose() => tool.Dispose();

    [Fact]
    public void A_run_can_be_trained_tested_and_drawn()
    {
        var run = tool["run"];
        var trained = Tool.Run([.. Tiny, "--out", run]);
        Assert.Equal((0, ""), (trained.ExitCode, trained.Error));
        Assert.Contains("Test on 20 sequences of 3", trained.Output, StringComparison.Ordinal);
        foreach (var file in new[] { "config.json", "metrics.csv", "performance.csv", "result.json", "learning-curve.png" })
            Assert.True(new FileInfo(Path.Combine(run, file)).Length > 0, file);

        var result = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "result.json"))).RootElement;
        Assert.Equal(4, result.GetProperty("steps").GetInt64());
        Assert.Equal(40, result.GetProperty("imagesTrained").GetInt64());
        Assert.NotEmpty(result.GetProperty("environment").GetProperty("machine").GetString()!);
        Assert.Equal(2, result.GetProperty("dataChecksums").EnumerateObject().Count());
        var accuracy = result.GetProperty("test").GetProperty("permutationAccuracy").GetDouble();

        var tested = Tool.Run("eval", run, "--items", "3,4");
        Assert.Equal(0, tested.ExitCode);
        var figures = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "evaluation.json"))).RootElement.GetProperty("figures");
        Assert.Equal([3, 4], figures.EnumerateArray().Select(f => f.GetProperty("items").GetInt32()));
        Assert.Equal(accuracy, figures[0].GetProperty("outcome").GetProperty("permutationAccuracy").GetDouble());

        var drawn = Tool.Run("predict", run, "--out", tool["order.png"]);
        Assert.Equal(0, drawn.ExitCode);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(tool["order.png"])[..4]);

        var resumed = Tool.Run("train", "sort", "--resume", run);
        Assert.Equal((0, trained.Output), (resumed.ExitCode, resumed.Output));
    }

    [Fact]
    public void Mistakes_are_told_in_a_line_and_leave_nothing_behind()
    {
        var run = tool["run"];
        Tool.Refuses(Tool.Run([.. Tiny, "--out", run, "--dataset", "svhn"]), "--dataset is svhn; allowed: generated, mnist, fashion-mnist");
        Tool.Refuses(Tool.Run([.. Tiny, "--out", run, "--temperature", "-1"]), "--temperature is -1");
        Tool.Refuses(Tool.Run([.. Tiny, "--out", run, "--dataset", "mnist", "--data", tool["nowhere"]]), "softperm data fetch mnist");
        Assert.False(Directory.Exists(run));
        Tool.Refuses(Tool.Run("train", "sort", "--resume", run), "holds no run");
        Tool.Refuses(Tool.Run("train", "sort", "--resume", run, "--steps", "9"), "--steps cannot change a run that is resumed");
        Tool.Refuses(Tool.Run("eval", run), "holds no run");
        Tool.Refuses(Tool.Run("predict", run), "holds no run");
        Tool.Refuses(Tool.Run([.. Tiny, "--out", Path.Combine(tool.Text("file", "x"), "run")]), "file");
    }
}
