using System.Globalization;
using System.Text.Json;
using SoftPerm.TestKit;
using SoftPerm.TestKit.Tensors;
using SoftPerm.Training.IO;
using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class ApplyCommandTests : IDisposable
{
    private readonly Tool tool = new();

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Golden.NeuralSort.Count)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_and_gradients_are_those_of_the_golden_file(int number)
    {
        var golden = Golden.NeuralSort[number];
        var outcome = ApplyGolden(golden, "--no-matrix", "--values", File("values", golden.Values), "--upstream", File("upstream", golden.Upstream));
        Assert.Equal(["order", "ranks", "sorted", "applied", "grad_scores", "grad_values", "grad_temperature"], outcome.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(StableOrder(golden.Scores), outcome.Numbers("order").Select(i => (int)i));
        Close([.. golden.Applied.SelectMany(row => row)], outcome.Numbers("applied"));
        Close(golden.GradScores, outcome.Numbers("grad_scores"));
        Close([.. golden.GradValues.SelectMany(row => row)], outcome.Numbers("grad_values"));
        if (golden.Matrix is null) return;

        outcome = ApplyGolden(golden, "--upstream-matrix", File("upstream-matrix", golden.UpstreamMatrix!));
        Assert.Equal(["order", "ranks", "sorted", "matrix", "grad_scores", "grad_temperature"], outcome.Json.EnumerateObject().Select(p => p.Name));
        Close([.. golden.Matrix.SelectMany(row => row)], outcome.Numbers("matrix"));
        Close(golden.GradScoresMatrix!, outcome.Numbers("grad_scores"));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Float32_agrees_with_the_golden_file_offsets_included(int number)
    {
        var golden = Golden.NeuralSort[number];
        var outcome = ApplyGolden(golden, "--float32", "--no-matrix", "--values", File("values", golden.Values), "--upstream", File("upstream", golden.Upstream));
        Near([.. golden.Applied.SelectMany(row => row)], outcome.Numbers("applied"));
        Near(golden.GradScores, outcome.Numbers("grad_scores"));
        Near([.. golden.GradValues.SelectMany(row => row)], outcome.Numbers("grad_values"));

        // Relative to the largest entry, which is what float32 sums are good to; below 1e-4 a saturated gradient is rounding alone.
        static void Near(double[] expected, double[] found) => Compare.Close(expected, found, 0, 1e-4 * Math.Max(expected.Max(Math.Abs), 1e-4));
    }

    public static TheoryData<string> Relaxations => [.. RelaxationCatalog.All.Select(known => known.Name)];

    [Theory, MemberData(nameof(Relaxations))]
    public void Every_relaxation_sorts_and_ranks(string name)
    {
        var outcome = Tool.Run("apply", name, "--scores", tool.Text("scores.json", "[0.3, 2, -1]"), "--temperature", "1e-5");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal([1, 0, 2], outcome.Numbers("order"));
        Compare.Close([1, 0, 2], outcome.Numbers("ranks"), 0, 1e-4);
        Compare.Close([2, 0.3, -1], outcome.Numbers("sorted"), 0, 1e-4);
    }

    [Fact]
    public void Projections_are_those_of_the_golden_file()
    {
        foreach (var (number, golden) in Golden.Permutahedron.Index())
        {
            var scores = File($"values-{number}", golden.Values);
            var strength = golden.Strength.ToString("R", CultureInfo.InvariantCulture);
            var outcome = Tool.Run("apply", "permutahedron", "--ascending", "--scores", scores, "--temperature", strength);
            Compare.Close([.. golden.SoftRank.Select(rank => rank - 1)], outcome.Numbers("ranks"), 1e-9, 1e-9);
            Compare.Close(golden.SoftSort, outcome.Numbers("sorted"), 1e-9, 1e-9);
        }
    }

    [Theory]
    [InlineData("--values")]
    [InlineData("--upstream-matrix")]
    public void What_has_no_matrix_says_so(string option) => Tool.Refuses(
        Tool.Run("apply", "permutahedron", "--scores", tool.Text("scores.json", "[1, 2]"), "--temperature", "1", option, tool.Text("more.json", "[1, 2]")),
        "permutahedron has none");

    [Fact]
    public void Both_upstreams_give_the_gradient_of_the_sum()
    {
        var golden = Golden.NeuralSort[4];
        var outcome = ApplyGolden(golden, "--values", File("values", golden.Values), "--upstream", File("upstream", golden.Upstream),
            "--upstream-matrix", File("upstream-matrix", golden.UpstreamMatrix!));
        Close([.. golden.GradScores.Zip(golden.GradScoresMatrix!, (a, b) => a + b)], outcome.Numbers("grad_scores"));
        Close([.. golden.GradValues.SelectMany(row => row)], outcome.Numbers("grad_values"));
    }

    [Fact]
    public void The_gradient_of_the_temperature_is_the_slope_of_the_result()
    {
        const double step = 1e-5; // central differences: error of the order of step², 1e-10
        var golden = Golden.NeuralSort[3];
        double Loss(double temperature) => ApplyGolden(golden with { Temperature = temperature }, "--no-matrix", "--values", File("values", golden.Values))
            .Numbers("applied").Zip(golden.Upstream.SelectMany(row => row), (a, g) => a * g).Sum();
        var found = ApplyGolden(golden, "--no-matrix", "--values", File("values", golden.Values), "--upstream", File("upstream", golden.Upstream)).Numbers("grad_temperature");
        Compare.Close([(Loss(golden.Temperature + step) - Loss(golden.Temperature - step)) / (2 * step)], found, relative: 1e-7, absolute: 1e-9);
    }

    [Fact]
    public void Float32_is_near_and_short_and_ascending_turns_the_order_round()
    {
        var precise = tool.Apply("[0.3, 2, -1]");
        var single = tool.Apply("[0.3, 2, -1]", "--float32");
        Compare.Close(precise.Numbers("matrix"), single.Numbers("matrix"), relative: 1e-5);
        Assert.True(single.Output.Length < precise.Output.Length * 0.8);
        var ascending = tool.Apply("[0.3, 2, -1]", "--ascending");
        Assert.Equal([2, 0, 1], ascending.Numbers("order"));
        Compare.Close([.. precise.Numbers("matrix").Chunk(3).Reverse().SelectMany(row => row)], ascending.Numbers("matrix"), relative: 1e-12);
    }

    [Fact]
    public void Batches_are_sorted_row_by_row_and_values_broadcast()
    {
        var outcome = tool.Apply("[[0.3, 2, -1], [5, 4, 6]]", "--values", tool.Text("values.json", "[10, 20, 30]"));
        Assert.Equal([1, 0, 2, 2, 0, 1], outcome.Numbers("order"));
        var second = tool.Apply("[5, 4, 6]", "--values", tool["values.json"]);
        Compare.Close(second.Numbers("matrix"), outcome.Numbers("matrix").AsSpan(9), relative: 1e-14); // libtorch may sum in another order
        Compare.Close(second.Numbers("applied"), outcome.Numbers("applied").AsSpan(3), relative: 1e-14);
    }

    [Fact]
    public void Values_and_upstream_of_one_axis_count_as_a_column()
    {
        var values = tool.Text("values.json", "[10, 20, 30]");
        var flat = tool.Apply("[0.3, 2, -1]", "--values", values, "--upstream", tool.Text("up.json", "[1, 0, 0]"));
        var column = tool.Apply("[0.3, 2, -1]", "--values", tool.Text("column.csv", "10\n20\n30\n"), "--upstream", tool.Text("up.csv", "1\n0\n0\n"));
        Assert.Equal(0, flat.ExitCode);
        Assert.Equal(column.Output, flat.Output);
        Assert.Equal(3, flat.Json.GetProperty("grad_values").GetArrayLength());
        Assert.Equal(1, flat.Json.GetProperty("applied")[0].GetArrayLength());
    }

    [Theory]
    [InlineData("scores.csv", "0.3\n2\n-1\n")]
    [InlineData("row.csv", "0.3, 2, -1\n")]
    public void Scores_of_a_single_csv_column_or_row_are_a_vector(string name, string text)
    {
        var outcome = Tool.Run("apply", "neural-sort", "--scores", tool.Text(name, text), "--temperature", "1");
        Assert.Equal(tool.Apply("[0.3, 2, -1]").Output, outcome.Output);
    }

    [Theory]
    [InlineData("results.npz")]
    [InlineData("results.json")]
    public void Results_go_to_a_file_and_nothing_to_the_output(string name)
    {
        var printed = tool.Apply("[0.3, 2, -1]");
        var outcome = tool.Apply("[0.3, 2, -1]", "--out", tool[name]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Output));
        Assert.Equal([$"{tool[name]}: order [3], ranks [3], sorted [3], matrix [3, 3]"], outcome.ErrorLines);
        if (name.EndsWith(".json", StringComparison.Ordinal)) Assert.Equal(printed.Output, System.IO.File.ReadAllText(tool[name]));
        else Assert.Equal(printed.Numbers("matrix"), Npz.Read(tool[name])["matrix"].Data);
    }

    [Fact]
    public void No_tensor_outlives_the_command() => TensorLeak.Check(() =>
        tool.Apply("[1, 2]", "--values", tool.Text("values.json", "[3, 4]"), "--upstream", tool["values.json"]));

    private Tool.Outcome ApplyGolden(NeuralSortCase golden, params string[] more) => Tool.Run([
        "apply", "neural-sort", "--scores", File("scores", golden.Scores),
        "--temperature", golden.Temperature.ToString("R", CultureInfo.InvariantCulture), .. more]);

    private string File<T>(string name, T numbers) => tool.Text($"{name}.json", JsonSerializer.Serialize(numbers));

    private static IEnumerable<int> StableOrder(double[] scores) => Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]);

    // The gap sums of the golden file's dense formula carry errors of 1e-12 or so where scores have a large offset.
    private static void Close(double[] expected, double[] found) => Compare.Close(expected, found, relative: 1e-8, absolute: 1e-9);

    public void Dispose() => tool.Dispose();
}
