using SoftPerm.Training.IO;
using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class ApplyMistakesTests : IDisposable
{
    private readonly Tool tool = new();

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1e999")]
    [InlineData("1,5")]
    [InlineData("warm")]
    [InlineData("")]
    public void A_temperature_that_is_not_positive_and_finite_is_refused(string word) =>
        Tool.Refuses(Tool.Run("apply", "neural-sort", "--scores", tool.Text("scores.json", "[1, 2]"), "--temperature", word),
            $"--temperature is '{word}'; it must be a positive finite number");

    [Fact]
    public void An_unknown_operator_is_refused_with_those_that_are_known() =>
        Tool.Refuses(Tool.Run("apply", "bubble-sort", "--scores", tool.Text("scores.json", "[1]"), "--temperature", "1"),
            "'bubble-sort' is no operator; allowed are neural-sort");

    [Fact]
    public void An_operator_that_is_misspelt_is_refused_with_the_one_that_was_meant() =>
        Tool.Refuses(Tool.Run("apply", "neuralsort", "--scores", tool.Text("scores.json", "[1]"), "--temperature", "1"), "; did you mean 'neural-sort'?");

    [Theory]
    [InlineData("[]", "has shape [0]; it must be at least one score")]
    [InlineData("[[], []]", "has shape [2, 0]; it must be at least one score")]
    [InlineData("3", "has shape []; it must be a list [n]")]
    [InlineData("[[1, 2], [3]]", "[1] has shape [1] where [0] has shape [2]")]
    [InlineData("[1, \"two\"]", "the string 'two' is not a number")]
    [InlineData("", "the file is empty")]
    public void Scores_that_are_no_scores_are_refused(string scores, string expected) => Tool.Refuses(tool.Apply(scores), expected);

    [Fact]
    public void Files_that_cannot_be_read_are_refused_by_name()
    {
        Tool.Refuses(Scores(tool["absent.json"]), "absent.json does not exist");
        Tool.Refuses(Scores(Path.GetDirectoryName(tool["x"])!), "is a folder; name a file in it, ending in .json, .csv, .npy.");
        Tool.Refuses(Scores(tool.Text("scores.csv", "1\ntwo\n")), "scores.csv: line 2, column 1: 'two' is not a number");
        Tool.Refuses(Scores(tool.Text("scores.txt", "1")), "ends in '.txt'; allowed are .json, .csv, .npy");
        Tool.Refuses(tool.Apply("[1, 2]", "--values", tool["absent.npy"]), "absent.npy does not exist");
    }

    [Fact]
    public void A_truncated_npy_file_is_refused()
    {
        using (var whole = File.Create(tool["scores.npy"]))
        using (var values = TorchSharp.torch.ones(4))
        {
            Npy.Write(whole, values);
            whole.SetLength(whole.Length - 1);
        }

        Tool.Refuses(Scores(tool["scores.npy"]), "scores.npy: the file is cut off: shape [4] of <f4 takes 16 bytes after the header, and there are 15");
    }

    [Theory]
    [InlineData("--values", "[[1], [2]]", "has shape [2, 1]; it must be [3, d] for scores of shape [3]")]
    [InlineData("--values", "1", "has shape []; it must be [3, d]")]
    [InlineData("--upstream-matrix", "[[1, 2], [3, 4]]", "has shape [2, 2]; it must be [3, 3], that of 'matrix'")]
    [InlineData("--upstream", "[1, 2, 3]", "--upstream is the gradient in 'applied', which needs --values")]
    public void An_array_that_does_not_fit_the_scores_is_refused(string option, string text, string expected) =>
        Tool.Refuses(tool.Apply("[1, 2, 3]", option, tool.Text("other.json", text)), expected);

    [Fact]
    public void Options_that_contradict_each_other_or_the_values_are_refused()
    {
        var values = tool.Text("values.json", "[[1, 2], [3, 4]]");
        Tool.Refuses(tool.Apply("[1, 2]", "--values", values, "--upstream", tool.Text("up.json", "[1, 2]")), "has shape [2, 1]; it must be [2, 2], that of 'applied'");
        Tool.Refuses(tool.Apply("[1, 2]", "--no-matrix", "--upstream-matrix", values), "--no-matrix leaves out; drop one of them");
        Tool.Refuses(tool.Apply("[[1, 2], [1, 2], [1, 2]]", "--values", tool.Text("batches.json", "[[[1], [2]], [[1], [2]]]")), "must be [3, 2, d] for scores of shape [3, 2]");
    }

    [Fact]
    public void A_result_that_cannot_be_written_is_refused_before_it_is_computed()
    {
        Tool.Refuses(tool.Apply("[1, 2]", "--out", tool["a.csv"]), "ends in '.csv'; allowed are .json and .npz");
        Tool.Refuses(tool.Apply("[1, 2]", "--out", tool["absent/a.json"]), "the folder");
        Directory.CreateDirectory(tool["taken.npz"]);
        Tool.Refuses(tool.Apply("[1, 2]", "--out", tool["taken.npz"]), "taken.npz is a folder");
    }

    [Fact]
    public void A_matrix_beyond_memory_is_refused_with_the_way_out()
    {
        using (var file = File.Create(tool["scores.npy"]))
        using (var values = TorchSharp.torch.ones(10_000_000))
        {
            Npy.Write(file, values);
        }

        Tool.Refuses(Scores(tool["scores.npy"]), "need about 2400000.0 GB");
        Tool.Refuses(Scores(tool["scores.npy"]), "--no-matrix");
    }

    private static Tool.Outcome Scores(string path) => Tool.Run("apply", "neural-sort", "--scores", path, "--temperature", "1");

    public void Dispose() => tool.Dispose();
}
