using System.Text.Json.Nodes;
using SoftPerm.Paper.Tasks;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Training;
using SoftPerm.Training.Runs;
using Xunit;

namespace SoftPerm.Paper.Tests.Tasks;

public sealed class RunDataTests : IDisposable
{
    private static readonly SortConfig Config = new() { Dataset = "mnist" };

    private readonly SmallRuns runs = new();

    public void Dispose() => runs.Dispose();

    [Fact]
    public void Where_this_machine_has_the_data_is_no_part_of_the_settings()
    {
        var run = runs.Run(Config with { DataDirectory = runs.At("data") }, "run");
        Assert.DoesNotContain("data\":", File.ReadAllText(runs.At("run", "config.json")), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(runs.At("data"), File.ReadAllText(runs.At("run", "config.json")), StringComparison.Ordinal);
        run.WriteDataDirectory(runs.At("data"));
        Assert.Equal(runs.At("data"), RunFolder.Open(run.Path).DataDirectory);
        Assert.StartsWith($"'{runs.At("data")}' does not exist", Refusal(run, null), StringComparison.Ordinal);
        Assert.StartsWith($"'{runs.At("other")}' does not exist", Refusal(run, runs.At("other")), StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_of_the_first_layout_have_it_in_their_settings()
    {
        var run = runs.Run(Config, "run");
        var settings = JsonNode.Parse(File.ReadAllText(runs.At("run", "config.json")))!;
        settings["dataDirectory"] = runs.At("data");
        File.WriteAllText(runs.At("run", "config.json"), settings.ToJsonString());
        Assert.StartsWith($"'{runs.At("data")}' does not exist", Refusal(run, null), StringComparison.Ordinal);
    }

    [Fact]
    public void Drawn_images_have_no_folder() => Assert.StartsWith(
        "'DataDirectory' would not be used", Refusal(runs.Run(Config with { Dataset = "generated" }, "run"), runs.At("data")), StringComparison.Ordinal);

    private static string Refusal(RunFolder run, string? given) =>
        Assert.Throws<UserErrorException>(() => RunData.Open(run, run.ReadConfig<SortConfig>(), given)).Message;
}
