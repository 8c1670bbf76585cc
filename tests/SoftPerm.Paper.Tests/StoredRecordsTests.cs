using System.Text.Json;
using SoftPerm.Paper.Tables;
using SoftPerm.Paper.Tasks.Neighbours;
using SoftPerm.Paper.Tasks.Quantiles;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Paper.Tests.Tables;
using SoftPerm.TestKit;
using SoftPerm.Training;
using SoftPerm.Training.Runs;
using Xunit;

namespace SoftPerm.Paper.Tests;

/// <summary>The runs that the repository keeps, of every layout there was, open with what is built now.</summary>
public sealed class StoredRecordsTests
{
    private static readonly string Docs = RepositoryFolder.At("docs");

    public static TheoryData<string> Runs =>
        [.. Directory.EnumerateFiles(Docs, "config.json", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Docs, Path.GetDirectoryName(file)!)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Runs))]
    public void Every_stored_run_opens_with_its_settings_metrics_and_result(string name)
    {
        var run = RunFolder.Open(Path.Join(Docs, name));
        switch (run.Task)
        {
            case "sort": Check<SortConfig, SortFigures>(run); break;
            case "quantile": Check<QuantileConfig, QuantileFigures>(run); break;
            default: Check<KnnConfig, KnnFigures>(run); break;
        }
    }

    [Fact]
    public void No_record_names_a_place_of_the_machine_that_made_it()
    {
        var strings = Directory.EnumerateFiles(Docs, "*.json", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(RepositoryFolder.At("bench", "results"), "*.json", SearchOption.AllDirectories))
            .SelectMany(file => Strings(JsonDocument.Parse(File.ReadAllText(file)).RootElement).Select(text => (file, text))).ToArray();
        Assert.True(strings.Length > 1000);
        Assert.DoesNotContain(strings, s => s.text.Split(' ', '=').Any(word => word.Length > 1 && Path.IsPathFullyQualified(word)));
    }

    [Fact]
    public void The_page_of_the_papers_tables_is_what_its_records_give()
    {
        using var folder = new TemporaryFolder();
        foreach (var file in Directory.EnumerateFiles(Path.Join(Docs, "reproduction"), "*", SearchOption.AllDirectories))
        {
            var copy = folder.At(Path.GetRelativePath(Path.Join(Docs, "reproduction"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var stored = File.ReadAllLines(folder.At("README.md")).Where(IsOfTables).ToArray();
        Assert.NotEmpty(stored);
        PaperReproduction.Render(folder.Path, PaperReproductionTests.Notes);
        Assert.Equal(stored, File.ReadAllLines(folder.At("README.md")).Where(IsOfTables));

        static bool IsOfTables(string line) => line.StartsWith('|') || line.StartsWith("Run:", StringComparison.Ordinal) || line.StartsWith("## ", StringComparison.Ordinal);
    }

    private static void Check<TConfig, TTest>(RunFolder run) where TConfig : TrainingConfig
    {
        var config = run.ReadConfig<TConfig>();
        config.Validate();
        Assert.NotEmpty(run.ReadMetrics());
        var result = run.ReadResult<TrainingResult<TConfig, TTest>>();
        Assert.True(result is null || result.Steps > 0);
    }

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Strings(property.Value)),
        _ => [],
    };
}
