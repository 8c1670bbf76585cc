using System.Text.Json;
using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class TrainKnnCommandTests : IDisposable
{
    private readonly Tool tool = new();
    private readonly string[] tiny;

    public TrainKnnCommandTests()
    {
        // 100 images to train on and 1000 to test on, each as bright as its class says: the sample's file is not checked against a published one.
        File.WriteAllBytes(tool["data_batch_1_first4000.bin"], [.. Enumerable.Range(0, 1100).SelectMany(i => Image((byte)(i * 7 % 10)))]);
        tiny =
        [
            "train", "knn", "--quick", "--dataset", "cifar-10-sample", "--data", tool["."], "--queries", "5", "--candidates", "6", "--k", "3", "--steps", "4",
            "--log-every", "2", "--validate-every", "2", "--validation-images", "4", "--threads", "1",
        ];
    }

    public void Dispose() => tool.Dispose();

    [Fact]
    public void A_run_can_be_trained_drawn_and_taken_up_again()
    {
        var run = tool["run"];
        var trained = Tool.Run([.. tiny, "--out", run]);
        Assert.Equal((0, ""), (trained.ExitCode, trained.Error));
        Assert.Contains("Test: accuracy ", trained.Output, StringComparison.Ordinal);
        Assert.Contains("  k = 9, distance weights: ", trained.Output, StringComparison.Ordinal);
        var result = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "result.json"))).RootElement;
        Assert.Equal((4, 44), (result.GetProperty("steps").GetInt64(), result.GetProperty("imagesTrained").GetInt64()));
        var accuracy = result.GetProperty("test").GetProperty("accuracy").GetDouble();
        Assert.Equal(1, accuracy, 12); // brightness alone tells the classes apart, whatever the weights

        var drawn = Tool.Run("predict", run, "--index", "995", "--out", tool["neighbours.png"]);
        Assert.Equal(0, drawn.ExitCode);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(tool["neighbours.png"])[..4]);
        var images = drawn.Output.Split('\n').Where(line => line.StartsWith("image ", StringComparison.Ordinal)).ToArray();
        Assert.Equal(5, images.Length); // as many as there are from there on
        Assert.All(images, line => Assert.Matches(@"^image 99\d: (\d) \(right\), neighbours \1 \1 \1$", line));
        Tool.Refuses(Tool.Run("predict", run, "--index", "1000"), "--index is 1000; allowed: 0 to 999, the last test image");
        Tool.Refuses(Tool.Run("predict", run, "--items", "4"), "--items is for runs of sort");
        Tool.Refuses(Tool.Run("eval", run), "is a run of knn");

        var resumed = Tool.Run("train", "knn", "--resume", run);
        Assert.Equal((0, trained.Output), (resumed.ExitCode, resumed.Output));
    }

    [Fact]
    public void A_classifier_without_neighbours_has_none_to_show()
    {
        var k = Array.IndexOf(tiny, "--k");
        var trained = Tool.Run([.. tiny[..k], .. tiny[(k + 2)..], "--method", "cnn", "--out", tool["run"]]);
        Assert.Equal((0, ""), (trained.ExitCode, trained.Error));
        Assert.DoesNotContain("k = ", trained.Output, StringComparison.Ordinal);
        Tool.Refuses(Tool.Run("predict", tool["run"]), "is a classifier without neighbours (--method cnn)");
    }

    [Theory]
    [InlineData("--k", "7", "--k is 7; allowed: 1 to --candidates (6)")]
    [InlineData("--network", "paper", "--network is paper; allowed: convnet, resnet18")]
    [InlineData("--method", "vanilla", "--method is vanilla; allowed: deterministic, stochastic, cnn")]
    [InlineData("--weighting", "far", "--weighting is far; allowed: uniform, distance")]
    [InlineData("--relaxation", "permutahedron", "--relaxation is permutahedron; allowed: neural-sort")]
    [InlineData("--momentum", "1", "--momentum is 1; allowed: 0 to below 1")]
    [InlineData("--weight-decay", "-1", "--weight-decay is -1")]
    [InlineData("--augment", "perhaps", "--augment is 'perhaps'")]
    public void Mistakes_are_told_in_a_line_and_leave_nothing_behind(string option, string value, string expected)
    {
        var index = Array.IndexOf(tiny, option);
        string[] arguments = index < 0 ? [.. tiny, option, value] : [.. tiny[..index], option, value, .. tiny[(index + 2)..]];
        Tool.Refuses(Tool.Run([.. arguments, "--out", tool["run"]]), expected);
        Assert.False(Directory.Exists(tool["run"]));
    }

    private static byte[] Image(byte label)
    {
        var image = new byte[1 + (3 * 32 * 32)];
        Array.Fill(image, (byte)(20 + (25 * label)));
        image[0] = label;
        return image;
    }
}
