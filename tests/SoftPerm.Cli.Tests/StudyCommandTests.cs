using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class StudyCommandTests : IDisposable
{
    private static readonly string[] Gradients = ["study", "gradients", "--quick", "--items", "3", "--temperatures", "1", "--repetitions", "50", "--critic-steps", "2", "--timed-calls", "2"];
    private static readonly string[] Temperature = ["study", "temperature", "--quick", "--items", "3", "--samples", "20"];

    private readonly Tool tool = new();

    public void Dispose() => tool.Dispose();

    [Fact]
    public void A_study_of_gradients_leaves_a_record_and_is_not_done_twice()
    {
        var folder = tool["study"];
        var first = Tool.Run([.. Gradients, "--out", folder]);
        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains($"Study folder: {folder}", first.Output, StringComparison.Ordinal);
        Assert.Contains("leave-one-out", File.ReadAllText(Path.Combine(folder, "table.md")), StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(Path.Combine(folder, "variance.png"))[..4]);
        var text = File.ReadAllText(Path.Combine(folder, "result.json"));
        var result = JsonDocument.Parse(text).RootElement;
        Assert.Equal(9, result.GetProperty("rows").GetArrayLength());
        Assert.Equal(50, result.GetProperty("config").GetProperty("repetitions").GetInt64());
        Assert.NotEmpty(result.GetProperty("environments")[0].GetProperty("machine").GetString()!);

        var again = Tool.Run([.. Gradients, "--out", folder]);
        Assert.Equal((0, text), (again.ExitCode, File.ReadAllText(Path.Combine(folder, "result.json"))));
        Assert.Contains("9 of 9 cells are there already", again.Output, StringComparison.Ordinal);
        Tool.Refuses(Tool.Run([.. Gradients, "--out", folder, "--seed", "2"]), "other settings");
    }

    [Fact]
    public void A_study_of_the_temperature_leaves_a_record()
    {
        var folder = tool["study"];
        var outcome = Tool.Run([.. Temperature, "--out", folder]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("n = 3: at temperature 0.001 the distance to the exact permutation is ", outcome.Output, StringComparison.Ordinal);
        foreach (var file in new[] { "result.json", "table.md", "distance.png", "log-variance.png" }) Assert.True(new FileInfo(Path.Combine(folder, file)).Length > 0, file);
    }

    [Fact]
    public void A_study_of_relaxations_leaves_a_record_and_a_page()
    {
        var folder = tool["study"];
        var outcome = Tool.Run(["study", "relaxations", "--quick", "--relaxations", "soft-sort", "--steps", "2", "--work-items", "100", "--out", folder]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("fastest soft-sort", outcome.Output, StringComparison.Ordinal);
        foreach (var file in new[] { "result.json", "table.md", "choosing.md" }) Assert.True(new FileInfo(Path.Combine(folder, file)).Length > 0, file);
    }

    [Fact]
    public void A_study_of_relaxations_measures_memory_in_processes_of_its_own()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Peak memory is read from Linux's /proc.");
        const int Items = 1_000_000;
        var folder = tool["study"];
        string[] arguments = ["study", "relaxations", "--relaxations", "permutahedron", "--items", "1000", "--steps", "1", "--work-items", $"{Items}", "--out", folder];
        using var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(CommandLine).Assembly.Location, .. arguments]) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        var row = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "result.json"))).RootElement.GetProperty("rows")[0];
        Assert.InRange(row.GetProperty("peakBytes").GetInt64(), 8L * Items, 100L * Items); // ranks and a gradient; some scratch
    }

    [Fact]
    public void Memory_is_measured_of_one_relaxation_at_a_time() => Tool.Refuses(Tool.Run("study", "relaxations", "memory"), "one number of items");

    [Theory]
    [InlineData("relaxations", "--relaxations", "bubble-sort", "--relaxations has bubble-sort; allowed: neural-sort")]
    [InlineData("relaxations", "--items", "1", "--items has 1")]
    [InlineData("gradients", "--items", "1", "--items has 1; allowed: whole numbers from 2 to 500")]
    [InlineData("gradients", "--items", "5,,6", "--items has ''")]
    [InlineData("gradients", "--items", "five", "--items has 'five'")]
    [InlineData("gradients", "--estimators", "leave-one-out,guess", "--estimators has guess; allowed: score-function")]
    [InlineData("gradients", "--evaluations", "0", "--evaluations has 0; allowed: whole numbers from 3")]
    [InlineData("gradients", "--temperatures", "1,0", "--temperatures has 0; allowed: positive numbers")]
    [InlineData("gradients", "--temperatures", "-1", "--temperatures has -1")]
    [InlineData("gradients", "--temperatures", "NaN", "--temperatures has NaN")]
    [InlineData("gradients", "--repetitions", "1", "--repetitions is 1")]
    [InlineData("gradients", "--out", "", "empty name")]
    [InlineData("neighbours", "--data", "", "--data is empty; name a folder")]
    [InlineData("neighbours", "--quick --data", ".", "--data would not be used: the images of --datasets generated are drawn, not read")]
    [InlineData("neighbours", "--quick --epochs", "3", "--epochs would not be used: --features has no autoencoder")]
    [InlineData("neighbours", "--quick --seed", "3", "--seed would not be used")]
    [InlineData("gradients", "--quick --estimators relax --temperatures", "3", "--temperatures would not be used: none of --estimators has a temperature; add rebar or rebar-tuned or reparameterised or straight-through")]
    [InlineData("gradients", "--quick --estimators leave-one-out --critic-steps", "3", "--critic-steps would not be used: none of --estimators has a critic; add relax")]
    [InlineData("temperature", "--items", "1", "--items has 1")]
    [InlineData("temperature", "--to", "0", "--to is 0; allowed: a positive number")]
    [InlineData("temperature", "--from", "0.0001", "--from is 0.0001; allowed: a number above --to")]
    [InlineData("temperature", "--per-decade", "0", "--per-decade is 0")]
    public void Mistakes_are_told_in_a_line(string study, string option, string value, string expected) =>
        Tool.Refuses(Tool.Run(["study", study, .. option.Split(' '), value]), expected);

    [Fact]
    public void A_folder_that_cannot_be_made_is_named() =>
        Tool.Refuses(Tool.Run([.. Temperature, "--out", Path.Combine(tool.Text("file", "x"), "study")]), "file");
}
