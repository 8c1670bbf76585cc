using System.Diagnostics;
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

        Tool.Refuses(Tool.Run("predict", run, "--out", tool["order.jpg"]), "--out: " + tool["order.jpg"] + " ends in '.jpg'; allowed is .png.");
        Tool.Refuses(Tool.Run("predict", run, "--out", tool["absent/order.png"]), "does not exist");
        Tool.Refuses(Tool.Run("predict", run, "--out", ""), "allowed is .png");
        foreach (var command in new[] { "predict", "eval" })
        {
            Tool.Refuses(Tool.Run(command, run, "--data", tool["."]), "--data would not be used: the run is one on generated images");
            Tool.Refuses(Tool.Run(command, run, "--data", ""), "--data is empty");
        }

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

    [Theory]
    [InlineData("sort", "--data .", "--data would not be used: the images of --dataset generated are drawn, not read; choose --dataset mnist or fashion-mnist, or leave --data out.")]
    [InlineData("sort", "--data rank.csv", "rank.csv' is a file; --data names a folder that holds data sets, such as mnist")]
    [InlineData("sort", "--data my-images", "my-images' does not exist; --data names a folder that holds data sets, such as mnist")]
    [InlineData("sort", "--dataset mnist --data .", "does not hold mnist: train-images-idx3-ubyte.gz, packed or not, is neither in it nor in its folder mnist.")]
    [InlineData("sort", "--samples 3", "--samples would not be used: --method deterministic draws no samples; choose --method stochastic or gumbel-sinkhorn or reinforce")]
    [InlineData("sort", "--method reinforce --temperature 1", "--temperature would not be used: --method reinforce has no temperature")]
    [InlineData("sort", "--method reinforce --final-temperature 1", "--final-temperature would not be used")]
    [InlineData("sort", "--method vanilla --items 50 --relaxation neural-sort", "--relaxation would not be used: --method vanilla relaxes no scores; choose --method deterministic or stochastic")]
    [InlineData("quantile", "--data .", "--data would not be used")]
    [InlineData("quantile", "--samples 3", "--samples would not be used: --method deterministic draws no samples; choose --method stochastic or gumbel-sinkhorn, or")]
    [InlineData("quantile", "--method vanilla --temperature 2", "--temperature would not be used")]
    [InlineData("quantile", "--method sinkhorn --relaxation neural-sort", "--relaxation would not be used")]
    [InlineData("knn", "--data .", "choose --dataset mnist or fashion-mnist or cifar-10 or cifar-10-sample")]
    [InlineData("knn", "--samples 3", "--samples would not be used: --method deterministic draws no samples; choose --method stochastic, or")]
    [InlineData("knn", "--method cnn --k 3", "--k would not be used: --method cnn has no neighbours; choose --method deterministic or stochastic")]
    [InlineData("knn", "--method cnn --weighting uniform", "--weighting would not be used")]
    [InlineData("knn", "--method cnn --temperature 3", "--temperature would not be used")]
    public void Options_that_would_not_be_used_are_refused_and_nothing_is_made(string task, string options, string expected)
    {
        tool.Text("rank.csv", "1\n");
        var words = options.Split(' ');
        for (var k = 1; k < words.Length; k += 2)
            if (words[k - 1] == "--data") words[k] = tool[words[k]];
        Tool.Refuses(Tool.Run(["train", task, "--quick", .. words, "--out", tool["run"]]), expected);
        Assert.False(Directory.Exists(tool["run"]));
    }

    [Fact]
    public void A_run_says_first_what_it_trains_and_last_what_can_be_typed_next()
    {
        var trained = Start([.. Tiny, "--out", tool["run"]]);
        Assert.Equal("Training sort: generated images of 1 digit, small network, neural-sort (deterministic), temperature 1, lists of 5 (validation and test: of 3), on cpu", trained[0]);
        Assert.Contains(trained, line => line.StartsWith("step 2: validation on lists of 3: loss ", StringComparison.Ordinal));
        Assert.Contains(trained, line => line.Contains("(accuracies on lists of 3, loss on 5)", StringComparison.Ordinal));
        var next = trained[^1].Split("Next: ")[1].Split(' ');
        Assert.Equal("dotnet", next[0]);
        Assert.Contains("as given", Start(next[2..])[0], StringComparison.Ordinal);
        Assert.Equal(typeof(CommandLine).Assembly.Location, Path.GetFullPath(next[1]));
    }

    /// <summary>Runs the tool's own process, as a user does.</summary>
    private static string[] Start(string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(CommandLine).Assembly.Location, .. arguments]) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.TrimEnd().Split('\n');
    }
}
