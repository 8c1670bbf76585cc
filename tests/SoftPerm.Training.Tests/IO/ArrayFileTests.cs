using System.Text;
using SoftPerm.TestKit;
using SoftPerm.Training.IO;
using Xunit;

namespace SoftPerm.Training.Tests.IO;

public sealed class ArrayFileTests : IDisposable
{
    private static readonly ArrayFile Files = new(() => Stream.Null);

    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData("3.5", new double[] { 3.5 }, new long[] { })]
    [InlineData("[]", new double[] { }, new long[] { 0 })]
    [InlineData("[[], []]", new double[] { }, new long[] { 2, 0 })]
    [InlineData(" [1, -2.5e-3 ,\n3]\n", new[] { 1, -2.5e-3, 3 }, new long[] { 3 })]
    [InlineData("[[1,2],[3,4],[5,6]]", new double[] { 1, 2, 3, 4, 5, 6 }, new long[] { 3, 2 })]
    [InlineData("[[[1],[2]],[[3],[4]]]", new double[] { 1, 2, 3, 4 }, new long[] { 2, 2, 1 })]
    [InlineData("[NaN, Infinity, -Infinity]", new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity }, new long[] { 3 })]
    [InlineData("[\"NaN\", \"Infinity\", \"-Infinity\"]", new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity }, new long[] { 3 })]
    public void Json_of_any_depth_is_read(string text, double[] data, long[] shape)
    {
        var array = Files.Read(folder.Text("a.json", text));
        Assert.Equal(data, array.Data);
        Assert.Equal(shape, array.Shape);
    }

    [Fact]
    public void Json_numbers_keep_every_digit()
    {
        double[] values = [0.1, 1 / 3.0, double.Epsilon, double.MaxValue, 5e-324, -0.0];
        var array = Files.Read(folder.Text("a.json", $"[{string.Join(",", values.Select(v => v.ToString("R")))}]"));
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), array.Data.Select(BitConverter.DoubleToInt64Bits));
    }

    [Theory]
    [InlineData("[[1,2],[3]]", "[1] has shape [1] where [0] has shape [2]")]
    [InlineData("[[[1,2]],[[3,4]],[[5]]]", "[2] has shape [1, 1] where [0] has shape [1, 2]")]
    [InlineData("[[[1,2],[3]]]", "[0][1] has shape [1] where [0][0] has shape [2]")]
    [InlineData("[1,[2]]", "[1] has shape [1] where [0] is a number")]
    [InlineData("[[1],2]", "[1] is a number where [0] has shape [1]")]
    public void Ragged_json_names_the_ragged_row(string text, string expected) => Refused("a.json", text, expected);

    [Theory]
    [InlineData("[1,\n two]", "line 2, column 2: 'two' is not a number")]
    [InlineData("[\"nan\"]", "the string 'nan' is not a number")]
    [InlineData("[null]", "'null' is not a number")]
    [InlineData("[1e400]", "'1e400' is not a number of float64")]
    [InlineData("{\"scores\": [1]}", "'{' is not a number")]
    [InlineData("[1, 2", "the end of the file where a comma or ']' must stand")]
    [InlineData("[1 2]", "'2' where a comma")]
    [InlineData("[1,]", "']' is not a number")]
    [InlineData("[1]]", "after the end of the array")]
    [InlineData("[1]\0", "after the end of the array")]
    [InlineData("[\"NaN]", "is not a number")]
    [InlineData("   ", "the end of the file is not a number")]
    public void Damaged_json_says_where(string text, string expected) => Refused("a.json", text, expected);

    [Fact]
    public void Endless_nesting_is_refused_before_the_stack_ends() =>
        Refused("a.json", new string('[', 1_000_000), "nested deeper than 64");

    [Theory]
    [InlineData("1,2\n3,4\n5,6\n", new double[] { 1, 2, 3, 4, 5, 6 }, new long[] { 3, 2 })]
    [InlineData("\n 1 , 2\r\n\r\n3,4", new double[] { 1, 2, 3, 4 }, new long[] { 2, 2 })]
    [InlineData("1\n2\n", new double[] { 1, 2 }, new long[] { 2, 1 })]
    [InlineData("nan,INF,-inf,+Infinity", new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity }, new long[] { 1, 4 })]
    public void Csv_is_a_table(string text, double[] data, long[] shape)
    {
        var array = Files.Read(folder.Text("a.csv", text));
        Assert.Equal(data, array.Data);
        Assert.Equal(shape, array.Shape);
    }

    [Theory]
    [InlineData("1\n2\n3\n", new long[] { 3 })]
    [InlineData("1,2,3\n", new long[] { 3 })]
    [InlineData("7", new long[] { 1 })]
    [InlineData("1,2\n3,4\n", new long[] { 2, 2 })]
    public void Csv_of_one_row_or_column_is_a_vector_where_one_is_asked_for(string text, long[] shape) =>
        Assert.Equal(shape, Files.ReadVector(folder.Text("a.csv", text)).Shape);

    [Theory]
    [InlineData("score\n3\n1\n", new double[] { 3, 1 })]
    [InlineData("\n\"the score\", rank\r\n3,0\r\n", new double[] { 3, 0 })]
    [InlineData("nan,score\n1,2\n", new double[] { 1, 2 })]
    [InlineData("nan\n2\n", new[] { double.NaN, 2 })]
    [InlineData("\uFEFFscore\n3\n", new double[] { 3 })]
    public void A_heading_is_skipped_and_is_no_number(string text, double[] data) => Assert.Equal(data, Files.Read(folder.Text("a.csv", text)).Data);

    [Theory]
    [InlineData("[true, false, 1, 0]", "a.json")]
    [InlineData("True\nfalse\n1\n0\n", "a.csv")]
    [InlineData("there\nTRUE\nFALSE\n1\n0\n", "a.csv")]
    public void A_mask_is_of_truth_values_or_ones_and_zeros(string text, string name) => Assert.Equal([1, 0, 1, 0], Files.ReadMask(folder.Text(name, text)).Data);

    [Theory]
    [InlineData("[1, 2]", "holds 2; allowed in a mask are 1 (or true)")]
    [InlineData("[1, NaN]", "holds NaN")]
    [InlineData("[yes]", "'yes' is not a number")]
    public void A_mask_of_anything_else_is_refused(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<UserErrorException>(() => Files.ReadMask(folder.Text("a.json", text))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(" [1, 2]", new long[] { 2 })]
    [InlineData("\uFEFF[[1], [2]]", new long[] { 2, 1 })]
    [InlineData("1\n2\n", new long[] { 2 })]
    [InlineData("score\n1\n2\n", new long[] { 2 })]
    [InlineData("7", new long[] { 1 })]
    public void The_standard_inputs_content_tells_its_format(string text, long[] shape) => Assert.Equal(shape, Input(Encoding.UTF8.GetBytes(text)).ReadVector("-").Shape);

    [Fact]
    public void The_standard_input_may_be_numpys()
    {
        using var content = new MemoryStream();
        using (var values = TorchSharp.torch.tensor(new[] { 1.5, 2 })) Npy.Write(content, values);
        Assert.Equal([1.5, 2], Input(content.ToArray()).ReadVector("-").Data);
    }

    [Theory]
    [InlineData("", "the standard input is empty")]
    [InlineData("[1, 2", "the standard input, read as json: line 1")]
    [InlineData("1\ntwo\n", "the standard input, read as csv: line 2, column 1")]
    public void A_standard_input_that_is_no_array_says_what_it_was_read_as(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<UserErrorException>(() => Input(Encoding.UTF8.GetBytes(text)).Read("-")).Message, StringComparison.Ordinal);

    private static ArrayFile Input(byte[] content) => new(() => new MemoryStream(content));

    [Fact]
    public void Only_csv_loses_an_axis_of_length_one_as_a_vector() =>
        Assert.Equal([3, 1], Files.ReadVector(folder.Text("a.json", "[[1],[2],[3]]")).Shape);

    [Theory]
    [InlineData("1,2\n3,x\n", "line 2, column 2: 'x' is not a number")]
    [InlineData("score;rank\n1;2\n", "line 2, column 1: '1;2' is not a number")]
    [InlineData("1,score\n1,2\n", "line 1, column 2: 'score' is not a number")]
    [InlineData("score\nrank\n1\n", "line 2, column 1: 'rank' is not a number")]
    [InlineData("1\nscore\n", "line 2, column 1: 'score' is not a number")]
    [InlineData("score\n", "only blank lines or a heading")]
    [InlineData("true\n1\nfalse\n", "line 3, column 1: 'false' is not a number")]
    [InlineData("1,2,\n", "line 1, column 3: '' is not a number")]
    [InlineData("1;2\n", "line 1, column 1: '1;2' is not a number")]
    [InlineData("1e999\n", "'1e999' is not a number of float64")]
    [InlineData("--inf\n", "'--inf' is not a number")]
    [InlineData("1,2\n\n3\n", "line 3 has 1 columns where line 1 has 2")]
    [InlineData("\n \n", "only blank lines")]
    public void Damaged_csv_says_where(string text, string expected) => Refused("a.csv", text, expected);

    [Fact]
    public void A_missing_file_a_folder_an_empty_file_and_an_unknown_ending_are_refused()
    {
        Directory.CreateDirectory(folder.At("folder.json"));
        Assert.Contains("absent.json does not exist", Message(folder.At("absent.json")), StringComparison.Ordinal);
        Assert.Contains("folder.json is a folder", Message(folder.At("folder.json")), StringComparison.Ordinal);
        Refused("empty.csv", "", "the file is empty");
        Refused("a.txt", "1", "ends in '.txt'; allowed are .json, .csv, .npy");
    }

    [Fact]
    public void Messages_stay_on_one_short_line() =>
        Assert.InRange(Message(folder.Text("a.csv", "\u0007" + new string('x', 100_000))).Length, 1, 400);

    private void Refused(string name, string text, string expected)
    {
        var message = Message(folder.Text(name, text));
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.StartsWith(folder.At(name), message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static string Message(string path) => Assert.Throws<UserErrorException>(() => Files.Read(path)).Message;

    public void Dispose() => folder.Dispose();
}
